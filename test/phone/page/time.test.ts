import { expect, it, vi } from 'vitest'
import { ago, day, isAhead, span, stamp, until } from '../../../clients/phone/src/kit/time.ts'

const NOW = new Date(2026, 10, 25, 14, 33).getTime() // a Wednesday
const at = (hours: number) => NOW + hours * 60 * 60 * 1000

it.each([
  [-0.01, 'just now'],
  [-0.2, '12 min ago'],
  [-3, '3 h ago'],
  [-13, /^today, 0?1:33/],
  [-20, /^Yesterday, (18:33|6:33 PM)$/],
])('what was %d hours ago is "%s"', (hours, words) => {
  expect(ago(at(hours), NOW)).toMatch(words)
})

it.each([
  [-1, 'Today'],
  [-15, 'Yesterday'],
  [-48, 'Monday'],
  [-10 * 24, /15/],
  [-400 * 24, /2025/],
])('the day %d hours ago is "%s"', (hours, words) => {
  expect(day(at(hours), NOW)).toMatch(words)
})

it.each([
  [-1, /^at (13:33|1:33 PM)$/],
  [-20, /^yesterday, (18:33|6:33 PM)$/],
  [-48, /^Monday, (14:33|2:33 PM)$/],
  [-10 * 24, /15.*, (14:33|2:33 PM)$/],
])('something %d hours ago was "%s"', (hours, words) => {
  expect(stamp(at(hours), NOW)).toMatch(words)
})

it.each([
  [1, /^(15:33|3:33 PM)$/],
  [16, /^tomorrow, 0?6:33/],
  [72, /Saturday/],
])('%d hours from now is "%s"', (hours, words) => {
  expect(until(at(hours), NOW)).toMatch(words)
})

it('knows what is ahead', () => {
  expect([isAhead(null, NOW), isAhead(at(-1), NOW), isAhead(at(1), NOW)]).toEqual([false, false, true])
})

it.each([
  [59_999, 'less than a minute'],
  [60_000, '1 min'],
  [59 * 60_000, '59 min'],
  [60 * 60_000, '1 h'],
  [47 * 3_600_000, '47 h'],
  [48 * 3_600_000, '2 days'],
])('%d ms are %s, for which no format is made', (milliseconds, words) => {
  const format = vi.spyOn(Intl, 'DateTimeFormat')
  expect(span(milliseconds)).toBe(words)
  expect(format).not.toHaveBeenCalled()
  format.mockRestore()
})
