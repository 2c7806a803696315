import { UnreachableError } from '@scout/client'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

/** What a browser has besides, which Node has not. */
const handlers = new Map<string, () => void>()
const addEventListener = (name: string, handler: () => void) => void handlers.set(name, handler)
const page = { visibilityState: 'visible', activeElement: null, addEventListener }
vi.stubGlobal('document', page)
vi.stubGlobal('addEventListener', addEventListener)
const { doWaiting, dropWaiting, later } = await import('../../../clients/phone/src/data/later.ts')
const { toast } = await import('../../../clients/phone/src/kit/toast.tsx')

const UNDO_IN_MS = 20_000

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  dropWaiting()
  vi.useRealTimers()
})

/** Something that is promised, and what became of it. */
function promised(act: (isLeaving: boolean) => Promise<unknown> = async () => {}) {
  const told = { hide: vi.fn<() => void>(), act: vi.fn(act), restore: vi.fn<() => void>() }
  later('Deleted.', told)
  return told
}
const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds)

it('does what was promised when its toast is over, once', async () => {
  const { hide, act, restore } = promised()
  expect(hide).toHaveBeenCalledOnce()
  await pass(UNDO_IN_MS - 1)
  expect(act).not.toHaveBeenCalled()
  await pass(1)
  expect(act.mock.calls).toEqual([[false]])
  await pass(60_000)
  await doWaiting()
  expect(act).toHaveBeenCalledOnce()
  expect(restore).not.toHaveBeenCalled()
})

it('does it as soon as another message takes the place of its Undo, once', async () => {
  const { act } = promised()
  await pass(1_000)
  toast('Saved.')
  expect(act.mock.calls).toEqual([[false]])
  await pass(60_000)
  expect(act).toHaveBeenCalledOnce()
})

it('says that it failed only when the next Undo is over', async () => {
  promised(() => Promise.reject(new UnreachableError('https://scout.test', 'unreachable', null)))
  const { act } = promised()
  await pass(1_000)
  expect(act).not.toHaveBeenCalled()
  await pass(UNDO_IN_MS)
  expect(act).toHaveBeenCalledOnce()
})

it('gives the next promise all of its time', async () => {
  const one = promised()
  await pass(UNDO_IN_MS - 1)
  const other = promised()
  expect([one.act.mock.calls.length, other.act.mock.calls.length]).toEqual([1, 0])
  await pass(UNDO_IN_MS - 1)
  expect(other.act).not.toHaveBeenCalled()
  await pass(1)
  expect([one.act.mock.calls.length, other.act.mock.calls.length]).toEqual([1, 1])
})

it.each([
  ['is hidden', 'visibilitychange'],
  ['is left', 'pagehide'],
])('does it at once where the page %s, and not again', async (_, event) => {
  const { act } = promised()
  page.visibilityState = 'hidden'
  handlers.get(event)!()
  page.visibilityState = 'visible'
  expect(act.mock.calls).toEqual([[true]])
  await pass(60_000)
  toast('Saved.')
  expect(act).toHaveBeenCalledOnce()
})

it('does nothing of what was dropped, and brings it back', async () => {
  const { act, restore } = promised()
  dropWaiting()
  expect(restore).toHaveBeenCalledOnce()
  toast('Saved.')
  await pass(60_000)
  expect(act).not.toHaveBeenCalled()
})

it('brings back what is refused', async () => {
  const unreachable = new UnreachableError('https://a.example', 'unreachable', null)
  const { restore } = promised(() => Promise.reject(unreachable))
  await pass(UNDO_IN_MS)
  expect(restore).toHaveBeenCalledOnce()
})

it('shows a message without an Undo for six seconds', async () => {
  const isOver = vi.fn<() => void>()
  toast('Saved.', undefined, isOver)
  await pass(5_999)
  expect(isOver).not.toHaveBeenCalled()
  await pass(1)
  expect(isOver).toHaveBeenCalledOnce()
})
