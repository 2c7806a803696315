import type { Trial } from '@scout/client'

type Reading = Trial['reading']

/** A reading in plain words, part by part; '' for a part that is empty. */
export type ReadingInWords = {
  /** "a person or a dog", "anything that moves". */
  looksFor: string
  /** "Monday to Friday, 22:00 to 06:00". */
  when: string
  /** What only a vision model can judge. */
  beyond: string
  /** Words about time that were not understood. */
  unread: string
}

/** Describes how a rule was read, with hours in the format of `locale`. */
export const readingInWords = (
  { hours, days, objects, together, motion, beyond, unread }: Reading,
  locale?: string,
): ReadingInWords => ({
  looksFor: motion ? 'anything that moves' : inRow(objects.map(things), together ? 'and' : 'or'),
  when:
    [daysInWords(days), inRow(hours.map(({ from, to }) => `${hour(from, locale)} to ${hour(to, locale)}`))]
      .filter(Boolean)
      .join(', ') || 'at any time',
  beyond: quoted(beyond.filter((piece) => !unread.includes(piece))),
  unread: quoted(unread),
})

/** Proposes a short name for a rule: "Parcel left at the door" for "Tell me when a parcel is left at the door". */
export function nicknameOf(words: string) {
  const [first = ''] = words.trim().split(/[.;!?\n]/)
  const said = first.replace(ASKING, '').replace(ARTICLE, '').trim() || first.trim()
  const short = said.length <= LONGEST ? said : cut(said)
  return short.charAt(0).toUpperCase() + short.slice(1)
}

const LONGEST = 40
/** "Alert me when", "Please tell us if you see". */
const ASKING =
  /^(?:please )?(?:(?:alert|notify|tell|warn|ping|message|let)(?: me| us)?(?: know)?(?: please)?(?: when(?:ever)?| if| of| about| once)?\s+|(?:when(?:ever)?|if)\s+)(?:(?:you|we|the camera) (?:see|spot|notice|detect)s?\s+)?(?:there(?: is|'s|’s| are)\s+)?(?!(?:me|us|know|when|whenever|if|you)$)/i
const ARTICLE = /^(?:an?|the|some)\s+/i
/** A name must not end with one of these words. */
const LOOSE = /\s+(?:an?|the|at|on|in|of|to|by|from|and|or|with|after|before|between|is|are|my|our)$/i

function cut(words: string) {
  const end = words.lastIndexOf(' ', LONGEST)
  let short = words.slice(0, end > 0 ? end : LONGEST)
  while (LOOSE.test(short)) short = short.replace(LOOSE, '')
  return short.replace(/[,:–-]+$/, '')
}

const inRow = (words: string[], joint = 'and') =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${joint} ${words.at(-1)}`
const quoted = (words: string[]) => words.map((piece) => `“${piece}”`).join(', ')

const things = ({ label, at_least: least }: Reading['objects'][number]) =>
  least > 1 ? `${least} or more ${plural(label)}` : single(label)

/** Irregular plurals among COCO's names. */
const PLURALS: Record<string, string> = {
  person: 'people',
  sheep: 'sheep',
  knife: 'knives',
  mouse: 'mice',
  skis: 'skis',
  scissors: 'scissors',
  broccoli: 'broccoli',
}
const plural = (label: string) => PLURALS[label] ?? label + (/(?:s|sh|ch|x)$/.test(label) ? 'es' : 's')

function single(label: string) {
  if (PLURALS[label] === label && label !== 'sheep') return label
  return `${/^[aeiou]/.test(label) ? 'an' : 'a'} ${label}`
}

const DAYS = {
  mon: 'Monday',
  tue: 'Tuesday',
  wed: 'Wednesday',
  thu: 'Thursday',
  fri: 'Friday',
  sat: 'Saturday',
  sun: 'Sunday',
}
const ORDER = Object.keys(DAYS).join()

/** "Monday to Friday", but "Saturday and Sunday". */
function daysInWords(days: Reading['days']) {
  if (days.length === 7) return ''
  const names = days.map((day) => DAYS[day])
  const isRow = days.length > 2 && ORDER.includes(days.join())
  return isRow ? `${names[0]} to ${names.at(-1)}` : inRow(names)
}

const hour = (time: string, locale?: string) =>
  time === '00:00'
    ? 'midnight'
    : new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit', timeZone: 'UTC' }).format(
        new Date(`2030-01-01T${time}:00Z`),
      )
