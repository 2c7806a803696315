import { wordsOf } from './tokens.ts'

const ENGLISH = wordsOf('the if when and or is are there with at of to my after before between')
/** German, Spanish and some French words; none of them is English. */
const OTHER = wordsOf(`
  der das dem den des und oder nicht kein keine wenn ist ein eine einen einem einer auf im vor mit jemand niemand mich mir nach für mein
  el los las un una y en del que cuando si está alguien nadie con por mi le les du une est et
  außer ausser nie nur ab bis von vom zum ist sind weg fehlt sin nunca excepto salvo menos sauf sans pas jamais de tranne senza
  behalve niet geen`)

/** Whether words are probably of another language: then words that look English may not be. */
export function isForeign(words: string[]) {
  const count = (language: Set<string>) => words.filter((word) => language.has(word)).length
  return count(OTHER) > 0 && count(OTHER) >= count(ENGLISH)
}
