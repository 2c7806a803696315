import { createClient, ScoutError, UnreachableError } from '@scout/client'
import { expect, it } from 'vitest'
import { change } from '../../../clients/phone/src/data/change.ts'
import { faultsIn, wordsOf } from '../../../clients/phone/src/data/faults.ts'
import { resource, valueIn } from '../../../clients/phone/src/data/resource.ts'

/** A service that answers when the test says so. */
function aService() {
  const asked: { answer: (value: string[]) => void; fail: (error: unknown) => void }[] = []
  const load = () => new Promise<string[]>((answer, fail) => asked.push({ answer, fail }))
  const list = resource(crypto.randomUUID(), load)
  const until = async (count: number) => {
    while (asked.length < count) await new Promise((done) => setTimeout(done))
    return asked[count - 1]!
  }
  return { list, asked, until }
}
const refusal = (status: number, body: object) => new ScoutError({ status, headers: new Headers() }, body)
const unreachable = new UnreachableError('https://a.example', 'unreachable', null)

it('asks once for however many wait, and shows the answer', async () => {
  const { list, asked, until } = aService()
  expect(list.seen.value).toEqual({ state: 'loading' })
  const waits = [list.refresh(), list.refresh()]
  ;(await until(1)).answer(['a'])
  await Promise.all(waits)
  expect(asked).toHaveLength(1)
  expect(list.seen.value).toEqual({ state: 'fresh', value: ['a'], asOf: expect.any(Number) })
})

it('says why there is nothing, and keeps what there was with when that was', async () => {
  const { list, until } = aService()
  const first = list.refresh()
  ;(await until(1)).fail(refusal(503, { detail: 'The service is not available.' }))
  await first
  expect(list.seen.value).toEqual({ state: 'failed', why: 'The service is not available.' })

  list.show(['a'])
  const second = list.refresh()
  ;(await until(2)).fail(unreachable)
  await second
  expect(list.seen.value).toMatchObject({ state: 'stale', value: ['a'], why: expect.stringContaining('.') })
})

it('does not put an answer over a change that was made after it was asked for', async () => {
  const { list, until } = aService()
  list.show(['a', 'b'])
  const refreshed = list.refresh()
  const { answer } = await until(1)
  list.show(['a'])
  answer(['a', 'b'])
  await refreshed
  expect(valueIn(list)).toEqual(['a'])
})

it('shows a change at once, and takes it back where it is refused', async () => {
  const { list } = aService()
  list.show(['a', 'b'])
  let refuse: (error: unknown) => void = () => {}
  const send = () => new Promise((_, reject) => (refuse = reject))
  const changed = change({ show: [[list, (all: string[]) => all.slice(1)]], send })
  expect(valueIn(list)).toEqual(['b'])
  refuse(refusal(400, { location: ['This field may not be blank.'] }))
  expect(await changed).toBe(false)
  expect(valueIn(list)).toEqual(['a', 'b'])
})

/** What is sent, which is answered when the test says so. */
function aSend() {
  let resolve = () => {}
  let reject: (error: unknown) => void = () => {}
  const answer = new Promise<void>((...settle) => ([resolve, reject] = settle))
  let isSent = false
  return { resolve, reject, isSent: () => isSent, send: () => ((isSent = true), answer) }
}
const without = (gone: string) => (all: string[]) => all.filter((one) => one !== gone)
const settled = () => new Promise((done) => setTimeout(done))

it('does not show what was answered before a change was done, and asks once more', async () => {
  const { list, asked, until } = aService()
  list.show(['a', 'b', 'c'])
  const [early, late] = [aSend(), aSend()]
  void list.refresh()
  const changed = change({ show: [[list, without('a')]], send: early.send })
  ;(await until(1)).answer(['a', 'b', 'c'])
  await settled()
  expect(valueIn(list)).toEqual(['b', 'c'])
  early.resolve()
  await changed

  const again = change({ show: [[list, without('b')]], send: late.send })
  late.resolve()
  await again
  ;(await until(2)).answer(['a', 'b', 'c'])
  await settled()
  expect(valueIn(list)).toEqual(['c'])
  ;(await until(3)).answer(['c', 'd'])
  await settled()
  expect(valueIn(list)).toEqual(['c', 'd'])
  expect(asked).toHaveLength(3)
})

it('takes back the one change that is refused, and asks how it is', async () => {
  const { list, asked, until } = aService()
  list.show(['a', 'b', 'c'])
  const [one, two] = [aSend(), aSend()]
  const changed = [
    change({ show: [[list, without('a')]], send: one.send }),
    change({ show: [[list, without('b')]], send: two.send }),
  ]
  expect([valueIn(list), one.isSent(), two.isSent()]).toEqual([['c'], true, false])
  one.reject(refusal(400, { detail: 'No.' }))
  await changed[0]
  await settled()
  expect([valueIn(list), two.isSent()]).toEqual([['a', 'c'], true])
  two.resolve()
  expect(await Promise.all(changed)).toEqual([false, true])
  expect(valueIn(list)).toEqual(['a', 'c'])
  ;(await until(1)).answer(['a', 'b', 'c'])
  ;(await until(2)).answer(['a', 'c'])
  await settled()
  expect(valueIn(list)).toEqual(['a', 'c'])
  expect(asked).toHaveLength(2)
})

it.each([true, false])('stays of when it was known where it is changed, be it done (%s)', async (isDone) => {
  const { list, until } = aService()
  list.suppose(['a', 'b'], 5)
  list.suppose(['c'], 6)
  const { send, resolve, reject } = aSend()
  const changed = change({ show: [[list, without('a')]], send })
  expect(list.seen.value).toEqual({ state: 'stale', value: ['b'], asOf: 5, why: '' })
  if (isDone) resolve()
  else reject(unreachable)
  await changed
  const value = isDone ? ['b'] : ['a', 'b']
  expect(list.seen.value).toEqual({ state: 'stale', value, asOf: 5, why: '' })
  ;(await until(1)).fail(unreachable)
  await settled()
  expect(list.seen.value).toMatchObject({ state: 'stale', value, asOf: 5, why: expect.stringContaining('.') })
})

it('has the words of each field, and those of the whole', () => {
  const error = refusal(400, { email: ['Wrong.', 'Really.'], non_field_errors: ['No.'] })
  expect(faultsIn(error)).toEqual({ words: 'No.', fields: { email: 'Wrong. Really.' } })
  expect(faultsIn(refusal(403, { detail: 'Not yours.' }))).toEqual({ words: 'Not yours.', fields: {} })
})

it('says that the service is not reached where a proxy answers with a page', async () => {
  const proxy = async () => new Response('<h1>502 Bad Gateway</h1>', { status: 502 })
  const scout = createClient({ baseUrl: 'https://a.example', fetch: proxy })
  const error = await scout.updateCamera('1', {}).catch((error: unknown) => error)
  expect(error).toBeInstanceOf(ScoutError)
  expect(faultsIn(error)).toEqual({ words: 'Scout cannot be reached right now.', fields: {} })
  expect(wordsOf(error)).toBe('Scout cannot be reached right now.')

  const { list, until } = aService()
  list.show(['a'])
  const refreshed = list.refresh()
  ;(await until(1)).fail(error)
  await refreshed
  expect(list.seen.value).toMatchObject({ state: 'stale', why: 'Scout cannot be reached right now.' })
})
