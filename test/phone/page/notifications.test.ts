import { UnreachableError } from '@scout/client'
import { beforeEach, expect, it, vi } from 'vitest'
import type { Told } from '../../../clients/phone/src/data/timeline.ts'

/** What a browser has besides, which Node has not. */
vi.stubGlobal('addEventListener', () => {})
vi.stubGlobal('document', { activeElement: null, addEventListener() {} })

const unreachable = new UnreachableError('https://a.example', 'unreachable', null)
/** What the service was asked last of each kind. It answers when the test says so. */
const asked = new Map<string, { answer(): void; refuse(): void }>()
const call = (name: string) => () =>
  new Promise<object>((resolve, reject) =>
    asked.set(name, { answer: () => resolve({}), refuse: () => reject(unreachable) }),
  )
vi.doMock('../../../clients/phone/src/data/session.ts', () => ({
  scout: {
    clearNotifications: call('clear'),
    markNotificationsSeen: call('see'),
    actOnNotification: call('act'),
    listNotifications: async () => ['c', 'b', 'a'].map((id) => told(id)),
  },
}))
const { doWaiting, dropWaiting } = await import('../../../clients/phone/src/data/later.ts')
const { asShown } = await import('../../../clients/phone/src/data/marks.ts')
const { clear, markAllSeen, markSeen, notThis, timeline } =
  await import('../../../clients/phone/src/data/notifications.ts')
const { valueIn } = await import('../../../clients/phone/src/data/resource.ts')

const told = (id: string) =>
  ({ public_notification_id: id, seen_at: null as string | null, count: 1 }) as Told
const settled = () => new Promise((done) => setTimeout(done))
const answer = (name: string) => (asked.get(name)!.answer(), settled())
const refuse = (name: string) => (asked.get(name)!.refuse(), settled())

/** The ids of what is shown, those of seen ones in upper case. */
const shown = () =>
  asShown(valueIn(timeline())!.told)
    .map(({ public_notification_id: id, seen_at }) => (seen_at ? id.toUpperCase() : id))
    .join('')

const [c, b, a] = ['c', 'b', 'a'].map(told) as [Told, Told, Told]
beforeEach(() => {
  dropWaiting()
  timeline().show({ told: [c, b, a], hasMore: false })
})

it('keeps away what is deleted while all are marked as seen', async () => {
  clear(c)
  expect(shown()).toBe('ba')
  markAllSeen({})
  expect(shown()).toBe('BA')

  const marking = doWaiting()
  await settled()
  await answer('see')
  await marking
  expect(shown()).toBe('BA')
  await answer('clear')
  expect(shown()).toBe('BA')
})

it('keeps away what is deleted while it is said to be not this', async () => {
  notThis(c)
  expect(shown()).toBe('Cba')
  clear(c)
  await answer('act')
  expect(shown()).toBe('ba')

  const deleting = doWaiting()
  await refuse('clear')
  await deleting
  expect(shown()).toBe('Cba')
})

it('takes back by Undo only what it marked itself', async () => {
  const marking = markSeen([b])
  markAllSeen({})
  expect(shown()).toBe('CBA')
  dropWaiting()
  expect(shown()).toBe('cBa')

  await answer('see')
  await marking
  expect(shown()).toBe('cBa')
})

it('shows as unseen again what could not be marked', async () => {
  const marking = markSeen([b])
  expect(shown()).toBe('cBa')
  await refuse('see')
  await marking
  expect(shown()).toBe('cba')
})
