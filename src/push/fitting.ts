import type { Push } from './push.ts'

const SHORT_TITLE = 60

/**
 * A push as JSON of at most so many bytes, or null where it never fits: its body is cut where a character ends, then its title, and
 * then it goes without its picture.
 */
export function fitted(push: Push, maxBytes: number, write: (push: Push) => unknown): string | null {
  const whole = written(push, maxBytes, write)
  if (whole !== null) return whole
  const titled = { ...push, title: cut(charactersOf(push.title, maxBytes), SHORT_TITLE) }
  for (const tried of [push, titled, { ...titled, pictureUrl: null }]) {
    const json = withBodyCut(tried, maxBytes, write)
    if (json !== null) return json
  }
  return null
}

/** As much of the body as fits. */
function withBodyCut(push: Push, maxBytes: number, write: (push: Push) => unknown) {
  const characters = charactersOf(push.body, maxBytes)
  const writtenWith = (count: number) => written({ ...push, body: cut(characters, count) }, maxBytes, write)
  let [fits, doesNot] = [-1, characters.length + 1]
  while (doesNot - fits > 1) {
    const middle = (fits + doesNot) >> 1
    if (writtenWith(middle) === null) doesNot = middle
    else fits = middle
  }
  return fits < 0 ? null : writtenWith(fits)
}

function written(push: Push, maxBytes: number, write: (push: Push) => unknown) {
  const json = JSON.stringify(write(push))
  return new TextEncoder().encode(json).length <= maxBytes ? json : null
}

/** What people take for characters (UAX #29). Each has a byte at least, so that of a longer text more than its beginning never fits. */
const charactersOf = (text: string, maxBytes: number) =>
  Array.from(new Intl.Segmenter().segment(text.slice(0, maxBytes + 1)), ({ segment }) => segment)

const cut = (characters: string[], count: number) =>
  count >= characters.length ? characters.join('') : `${characters.slice(0, count).join('').trimEnd()}…`
