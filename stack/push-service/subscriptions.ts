import { randomUUID } from 'node:crypto'
import type { Step } from '../answers.ts'

export type Message = { version: string; topic: string | null; body: Buffer; endsAt: number }

/** Takes the messages of a subscription; false if it is not connected. */
export type Taker = (message: Message) => boolean

export type Subscription = {
  id: string
  /** The only key that may sign pushes to it; null means any. */
  key: string | null
  take: Taker
  waiting: Message[]
  /** The reactions that replace the normal one: the steps in turn, then the last one for ever. */
  steps: Step[]
  /** The browser's acknowledgement of each message: 100 shown, 101 not readable, 102 its worker failed. */
  acks: number[]
  isEnded: boolean
}

/** The subscriptions of a push service, and the messages that wait for disconnected ones. */
export function newSubscriptions() {
  const all = new Map<string, Subscription>()
  return {
    find: (id: string) => all.get(id),
    add(key: string | null, take: Taker) {
      const id = randomUUID()
      const subscription = { id, key, take, waiting: [], steps: [], acks: [], isEnded: false }
      all.set(id, subscription)
      return subscription as Subscription
    },
    /** A message replaces a waiting one with the same topic (RFC 8030, 5.4). */
    deliver(subscription: Subscription, message: Message) {
      if (subscription.take(message)) return
      const others = subscription.waiting.filter(({ topic }) => topic === null || topic !== message.topic)
      if (message.endsAt > Date.now()) subscription.waiting = [...others, message]
    },
    /** Delivers the waiting messages when its taker is back. */
    resume(subscription: Subscription) {
      const waited = subscription.waiting.filter(({ endsAt }) => endsAt > Date.now())
      subscription.waiting = waited.filter((message) => !subscription.take(message))
    },
  }
}
