import type { Push } from './push.ts'

const SHORT_TITLE = 60

/**
 * A push as JSON of at most `maxBytes`, or null if it cannot fit. It cuts the body at a character, then the title, then drops
 * the picture.
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

/** Keeps as much of the body as fits. */
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

/** User-perceived characters (UAX #29). Each has at least one byte, so only the beginning of a longer text is split. */
const charactersOf = (text: string, maxBytes: number) =>
  Array.from(new Intl.Segmenter().segment(text.slice(0, maxBytes + 1)), ({ segment }) => segment)

const cut = (characters: string[], count: number) =>
  count >= characters.length ? characters.join('') : `${characters.slice(0, count).join('').trimEnd()}…`
