import type { Phrase } from './phrases.ts'
import { isContent, lengthAt, phrasesOf, wordsOf } from './tokens.ts'

/** A phrase about time in a sentence, from the word `at` on. */
export type Found = Phrase & { at: number }

/** Words that may join two phrases into one list. */
export const JOINTS = wordsOf('and or & / ,')

const ENDS = wordsOf('. ! ? ;').add('\n')
const ALTERNATIVES = wordsOf('and or & /')
/** Just before a phrase: it is an exception, an example, or another time than it names. */
const BENDING = wordsOf(`
  not no never except excluding unless without but besides than apart aside even especially particularly including mostly mainly
  usually often sometimes late early later earlier around about until till since by first second third last next this other
  alternate alternating some most skip minus bar save beyond barring avoid avoiding outwith off excepting nothing none`)
/** The same, where they begin their part of the sentence: a bus stop is a place. */
const ENDING = wordsOf('stop cease closed')
/** Between `outside` and the hours it excludes. */
const OF = wordsOf('of the hours')
/** Just after a phrase: it adds or excludes. */
const AFTERTHOUGHTS = wordsOf('too off excluded aside excepted')
/** After these, `outside` is a place. */
const PLACED = wordsOf('after before at in during on every each past from')
const SENT = `alert,alerts,alarm,alarms,notification,notifications,push,pushes,message,messages,ringing,calls,the alerts,all alerts`
/** Each of these words before what is sent. */
const without = (words: string) =>
  words
    .split(' ')
    .flatMap((word) => SENT.split(',').map((sent) => `${word} ${sent}`))
    .join(', ')
/** Somewhere in the sentence: the time is not when to alert, or concerns only part of the sentence. */
const ELSEWHERE = phrasesOf(`
  don't, dont, do not, not tell, not alert, not notify, not send, never, ignore, mute, silence, except, excluding, exclude, unless,
  other than, ${without('no stop hold cease cancel withhold block drop')}, stop alerting, stop telling, stop notifying, stop sending,
  leave me alone, skip, avoid, disable, disabled, pause, paused, snooze, snoozed, mute, muted, silent, quiet, suspend, barring, outwith,
  save for, off between,
  off from, otherwise, instead, also, as well, but, ", “, ”, „, «, », and when, and whenever, and if, and always, and tell, and alert,
  and notify, and warn, and send, or when, or whenever, or if, or always, or tell, or alert, or notify`)

/** Whether phrases have only one meaning: one sentence, whose hours and days concern all of it. */
export function haveOneMeaning(words: string[], found: Found[]) {
  const isTime = words.map(() => false)
  for (const { at, next } of found) isTime.fill(true, at, next)
  const first = found[0]!
  const isInFront = !words.slice(0, first.at).some(isContent)
  return (
    isOneSentence(words, isTime) &&
    !words.some((_, at) => !isTime[at] && lengthAt(words, at, ELSEWHERE) > 0) &&
    !found.some((phrase) => isBent(words, phrase)) &&
    words[first.at - 1] !== 'or' &&
    wordAfter(words, found.at(-1)!.next) !== 'or' &&
    !isOfOneOnly(words, isTime, found.at(-1)!) &&
    found.filter(({ days }) => days).length <= 1 &&
    found.slice(1).every((phrase, i) => {
      const before = found[i]!
      return standTogether(before, words.slice(before.next, phrase.at), phrase, i === 0 && isInFront)
    })
  )
}

const isOneSentence = (words: string[], isTime: boolean[]) => {
  const end = words.findIndex((word, at) => ENDS.has(word) && !isTime[at])
  return end < 0 || !words.slice(end).some(isContent)
}

function isBent(words: string[], { at, next }: Found) {
  const before = words[at - 1] ?? ''
  let from = at - 1
  while (OF.has(words[from] ?? '')) from--
  const isOutside = words[from] === 'outside' && (from < at - 1 || !PLACED.has(words[at]!))
  const isExcept = from < at - 1 && BENDING.has(words[from] ?? '')
  const beyond = words[at - 2] ?? ''
  const isEnding = ENDING.has(before) && (!isContent(beyond) || JOINTS.has(beyond))
  return isEnding || BENDING.has(before) || isOutside || isExcept || AFTERTHOUGHTS.has(words[next] ?? '')
}

const ASKING = wordsOf('alert notify tell warn send let inform please pls only')

/** As in `people at night and dogs`: the hours concern one thing, before another. */
function isOfOneOnly(words: string[], isTime: boolean[], { at, next }: Found) {
  const isFirst = !words.slice(0, next).some((word, i) => !isTime[i] && isContent(word))
  const isOfClock = ["it's", 'its'].includes(words[at - 1] ?? '')
  const after = words.slice(next).find((word) => !JOINTS.has(word)) ?? ''
  return !isFirst && !isOfClock && JOINTS.has(words[next] ?? '') && isContent(after) && !ASKING.has(after)
}

const wordAfter = (words: string[], at: number) => words.slice(at).find((word) => word !== ',')

/** Hours in a list are alternatives. Hours and days combine, unless a word between them says or suggests otherwise. */
function standTogether(one: Found, joint: string[], other: Found, isInFront: boolean) {
  const isList = joint.length > 0 && joint.every((word) => JOINTS.has(word))
  if (one.hours && other.hours) return isList && one.hours.length > 0 && other.hours.length > 0
  if (isInFront && !isList) return true
  return !joint.some((word) => ALTERNATIVES.has(word))
}
