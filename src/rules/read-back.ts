import { DAYS } from './hours.ts'
import type { Reading } from './reading.ts'

/**
 * Says a reading in a sentence or two: `Scout reads this as: cat or dog, 22:00–06:00, Mon–Fri. Only a vision model can tell:
 * on the sofa.`
 */
export function readBack({ hours, days, unread, objects, together, motion, beyond }: Reading) {
  const things = objects.map(({ label, at_least }) => (at_least > 1 ? `${label} (${at_least}+)` : label))
  const all = [
    motion ? 'anything that moves' : things.join(together ? ' and ' : ' or '),
    ...hours.map(({ from, to }) => `${from}–${to}`),
    daysInWords(days),
  ]
  const said = all.filter(Boolean).join(', ') || 'nothing'
  const model = beyond.length > 0 ? ` Only a vision model can tell: ${beyond.join(', ')}.` : ''
  const time = unread.length > 0 ? ` At any hour, since this was not read: ${unread.join(', ')}.` : ''
  return `Scout reads this as: ${said}.${model}${time}`
}

/** Mon–Fri, but Sat, Sun. */
function daysInWords(days: Reading['days']) {
  const names = days.map((day) => day.charAt(0).toUpperCase() + day.slice(1))
  const isRow = days.length > 2 && DAYS.join().includes(days.join())
  return isRow ? `${names[0]}–${names.at(-1)}` : names.join(', ')
}
