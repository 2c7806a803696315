/** A word, a number or a sign, in lower case, and its position in the text. */
export type Token = { word: string; from: number; to: number }

/** One way to match at each position and no two ways to continue: linear for any text. */
const TOKEN = /[ap]\.\s?m\b\.?|\d+(?:[:.]\d+)*|[\p{L}\p{M}]+(?:['’][\p{L}\p{M}]+)*|[^\s\p{L}\p{M}\d]|\n/giu

export const tokensOf = (text: string): Token[] =>
  Array.from(text.matchAll(TOKEN), ({ 0: written, index }) => ({
    word: plain(written),
    from: index,
    to: index + written.length,
  }))

/** p.m. is pm. */
const plain = (written: string) =>
  /^[ap]\./i.test(written)
    ? `${written.charAt(0).toLowerCase()}m`
    : written.toLowerCase().replaceAll('’', "'")

export const isContent = (word: string) => /^[\p{L}\d]/u.test(word)

/** Phrases by their first word. */
type Phrases = Map<string, string[][]>

export const phrasesOf = (list: string): Phrases =>
  Map.groupBy(
    list.split(',').map((phrase) => phrase.trim().split(/\s+/)),
    ([first]) => first!,
  )

/** The number of words in the phrase that begins here, the first that matches; 0 if none does. */
export const lengthAt = (words: string[], at: number, phrases: Phrases) =>
  phrases.get(words[at] ?? '')?.find((phrase) => phrase.every((word, i) => words[at + i] === word))?.length ??
  0

export const wordsOf = (list: string) => new Set(list.trim().split(/\s+/))

const FUNCTION_WORDS = wordsOf(`
  on in at every each all when whenever if and or but during while as from to until till before after only
  through with without anybody anyone someone somebody weekdays weekends`)

/** Whether a bare number before this may be a time: nothing countable follows. */
export const endsBefore = (words: string[], at: number) => {
  const word = words[at] ?? ''
  return !isContent(word) || FUNCTION_WORDS.has(word)
}

/** Matches any of some words or rows of words; `_` is a space. */
export const patternOf = (patterns: string) =>
  new RegExp(`^(?:${patterns.trim().replace(/\s+/g, '|').replaceAll('_', ' ')}) `)

/** At most six words from this one on. */
export const matchAt = (words: string[], at: number, pattern: RegExp) =>
  pattern.exec(`${words.slice(at, at + 6).join(' ')} `)

export const lengthOf = (match: RegExpExecArray | null) => (match ? match[0].split(' ').length - 1 : 0)

/** The number of words from this one on that match a pattern; 0 if none does. */
export const fits = (words: string[], at: number, pattern: RegExp) => lengthOf(matchAt(words, at, pattern))
