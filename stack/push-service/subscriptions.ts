import { randomUUID } from 'node:crypto'
import type { Step } from '../answers.ts'

export type Message = { version: string; topic: string | null; body: Buffer; endsAt: number }

/** Who takes the messages of a subscription; false where it is not there now. */
export type Taker = (message: Message) => boolean

export type Subscription = {
  id: string
  /** The only key that may sign pushes to it; null: any. */
  key: string | null
  take: Taker
  waiting: Message[]
  /** In place of what the service would do: the steps in turn, the last again and again. */
  steps: Step[]
  /** What the browser said of each message: 100 shown, 101 not readable, 102 its worker failed. */
  acks: number[]
  isEnded: boolean
}

/** The subscriptions of a push service, and the messages that wait for who is away. */
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
    /** A message replaces the one with its topic that still waits (RFC 8030, 5.4). */
    deliver(subscription: Subscription, message: Message) {
      if (subscription.take(message)) return
      const others = subscription.waiting.filter(({ topic }) => topic === null || topic !== message.topic)
      if (message.endsAt > Date.now()) subscription.waiting = [...others, message]
    },
    /** Hands over what waited, when its taker is back. */
    resume(subscription: Subscription) {
      const waited = subscription.waiting.filter(({ endsAt }) => endsAt > Date.now())
      subscription.waiting = waited.filter((message) => !subscription.take(message))
    },
  }
}
