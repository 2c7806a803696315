import { wordsOf } from './tokens.ts'

const ENGLISH = wordsOf(`
  the if when whenever and or is are there with at of from to my our you someone somebody anyone anybody nobody after before between
  until during every without this that who it not by for has`)
/** Function words of other languages that are no English ones. */
const OTHER = wordsOf(`
  der das dem den des und oder nicht kein keine keinen wenn ist sind ein eine einen einem einer auf im vor mit jemand niemand mich mir bei
  beim zum zur vom nach zwischen uhr für von aus über unter ab sobald mein meine meinem meiner steht liegt
  el la los las un una unos unas y en de del al que cuando si hay está esta están alguien nadie con sin por para mi
  le les du une est et ou quand dans sur à au aux avec sans pas qui il chez quelqu'un
  lo gli di nel nella sul sulla è c'è qualcuno se il
  een het op er niet van voor bij met als iemand wanneer
  um uma na não quando há em alguém com
  och är på när det som ikke når någon er en og jest gdy na w`)
const FOREIGN_LETTER = /(?!\p{Script=Latin})\p{L}/u

/** Whether words are rather of another language: then those that look English may be none. */
export function isForeign(words: string[]) {
  const count = (is: (word: string) => boolean) => words.filter(is).length
  const foreign = count((word) => OTHER.has(word) || FOREIGN_LETTER.test(word))
  return foreign > 0 && foreign >= count((word) => ENGLISH.has(word))
}
