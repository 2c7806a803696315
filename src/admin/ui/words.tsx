import type { Cell } from '../list.ts'

const MONTHS = [
  'Jan.',
  'Feb.',
  'March',
  'April',
  'May',
  'June',
  'July',
  'Aug.',
  'Sept.',
  'Oct.',
  'Nov.',
  'Dec.',
]

/** Moments that JavaScript parses reliably: not infinity, no year BC or after 9999, no time zone with seconds. */
const READABLE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d$/

/** A moment in UTC, in Django's format: `Nov. 23, 2026, 1:08 a.m.`; otherwise as Postgres writes it. */
export function Moment({ at }: { at: string }) {
  if (!READABLE.test(at)) return <>{at}</>
  const date = new Date(at)
  const [hours, minutes] = [date.getUTCHours(), date.getUTCMinutes()]
  const day = `${MONTHS[date.getUTCMonth()]} ${date.getUTCDate()}, ${date.getUTCFullYear()}`
  const clock =
    minutes === 0 ? String(hours % 12 || 12) : `${hours % 12 || 12}:${String(minutes).padStart(2, '0')}`
  return (
    <time datetime={date.toISOString()} title={`${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`}>
      {`${day}, ${clock} ${hours < 12 ? 'a.m.' : 'p.m.'}`}
    </time>
  )
}

export const Flag = ({ is }: { is: boolean }) => (
  <span class={is ? 'flag yes' : 'flag no'}>
    <span aria-hidden="true">{is ? '✓' : '✕'}</span> {is ? 'Yes' : 'No'}
  </span>
)

/** A value in lists and read-only fields. */
export function Value({
  of,
  as = 'text',
}: {
  of: Cell | undefined
  as?: 'text' | 'flag' | 'moment' | undefined
}) {
  if (as === 'flag') return <Flag is={of === true} />
  if (of === null || of === undefined || of === '') return <span class="none">-</span>
  if (as === 'moment') return <Moment at={String(of)} />
  const text = String(of)
  // A long word may break anywhere; an ordinary one only if it does not fit.
  return /\S{40}/.test(text) ? <span class="long">{text}</span> : <>{text}</>
}

/** A number of rows, exact up to 10,000. */
export const counted = (count: number, most: number) =>
  count > most ? `${most.toLocaleString('en')}+` : count.toLocaleString('en')

/** `1 camera`, `2 cameras`. */
export const numbered = (count: number, most: number, { title, plural }: { title: string; plural: string }) =>
  `${counted(count, most)} ${count === 1 ? title : plural}`
