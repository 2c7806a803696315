import { NUMBERS } from './clock.ts'
import { isPartOf, isSham, type Thing, thingAt } from './things.ts'
import { fits, lengthOf, matchAt, patternOf, type Token } from './tokens.ts'

/**
 * The kinds of items in a sentence, each a word with its own first letter: a `lead` such as `alert me when`; things and their
 * numbers; joints between them; the beginnings of places and other circumstances; denials, and words for things that have
 * `vanished`; `glue`, which has no weight; and others, of which some become `known`.
 */
type Kind = keyof typeof PATTERNS | 'hour' | 'number' | 'thing' | 'other' | 'known'
/** `least`: the minimum number. `isLoose`: the words say more than that. */
export type Item = { is: Kind; at: number; next: number; thing?: Thing; least?: number; isLoose?: boolean }

/** For each word about time: whether it could be read. Undefined for other words. */
export type Times = (boolean | undefined)[]

const NUMBER = `(?:[1-9]\\d?|${NUMBERS.slice(1).join('|')})`
const COUNT = patternOf(`
  couple(?:_of)? multiple
  (?<loose>several|many|few|(?:lots|group|crowd)_of|between_${NUMBER}_and_${NUMBER}|${NUMBER}_(?:or|to|-|–)_${NUMBER})
  (?:at_least_|(?<more>more_than_))?(?<number>${NUMBER})(?:_or_more|_\\+)?`)

/** The first match wins. */
const PATTERNS = {
  article: patternOf('an?'),
  lead: patternOf('when whenever if every_time as_soon_as'),
  relative: patternOf('who that which'),
  glue: patternOf(`
    (?:in|into|on)_(?:the_)?(?:view|picture|frame|sight|camera|video) (?:at|to)_(?:the|my)_door in_front_of_the_camera
    show(?:s|ing)?_up the_camera_sees or_more the any some is are was be been have has there(?:'s)? it(?:'s)? here you i
    see[ns]? detect(?:s|ed)? visible spotted appears? com(?:es?|ing) together either please pls [-–—'’…*)]`),
  except: patternOf('without except but unless'),
  denial: patternOf(`
    no(?:body|one|ne|thing|t|n|r)? never ignore neither cannot aint hardly barely (?:other|rather)_than \\S+n't (?:do|is|are|does|ca|wo)nt fewer less
    0 zero at_most up_to(?=_${NUMBER}) [<≤="“”„«»]`),
  vanished: patternOf(`
    gone missing lea(?:ves?|ving) left (?:disappear|vanish|escap|depart|exit)\\S* empty away stolen removed taken lost absent unseen
    hidden lifted nicked towed`),
  beside: patternOf('with carr(?:ies|ying) hold(?:s|ing) rid(?:es|ing) walk(?:s|ing) chas(?:es|ing)'),
  place: patternOf(`
    (?:next|close)_to (?:in_front|on_top|out)_of in on at by near to from into onto of over under behind beside between around along across
    inside outside off out up past through towards? after before during since until for while as like`),
  '&': patternOf('and & \\+'),
  '|': patternOf('or /'),
  ',': patternOf('[,:(]'),
  '.': patternOf('[.!?;\\n]'),
}
/** After a word such as `alert`, anywhere in a sentence. */
const TO_WHOM = patternOf('me us when whenever if')
const LEAD = patternOf(`
  alerts? alarm notif\\S* tell warn send message let inform me us please pls know i i'd want would like need get be told can you look watch
  check (?:an?|only)(?=_(?:alert|notif|tell))`)
/** After the first of them. */
const LATER = patternOf('on of about for to that')

/** The items of a sentence; `times` marks the words about time, read or not. */
export function itemsOf(text: string, tokens: Token[], times: Times): Item[] {
  const words = tokens.map(({ word }, i) => (times[i] === undefined ? word : ''))
  const items: Item[] = []
  let isDenied = false
  for (let at = 0; at < words.length; at = items.at(-1)!.next) {
    const item: Item =
      isDenied || !words[at]
        ? { ...patternAt([tokens[at]!.word], 0), ...(times[at] && { is: 'hour' }), at, next: at + 1 }
        : itemAt(text, words, tokens, at, items.at(-1)?.is)
    isDenied ||= item.is === 'denial' || item.is === 'except'
    items.push(item)
  }
  return items
}

function itemAt(text: string, words: string[], tokens: Token[], at: number, last: Kind = '.'): Item {
  const isLead = last === '.' || last === 'hour' || fits(words, at + 1, TO_WHOM) > 0
  const lead = isLead ? leadFrom(words, at) : at
  if (lead > at) return { is: 'lead', at, next: lead }
  const item = patternAt(words, at)
  if (['article', 'glue', 'denial', 'except'].includes(item.is)) return item
  return countAt(words, at) ?? thingIn(text, words, tokens, at) ?? item
}

function patternAt(words: string[], at: number): Item {
  for (const is of Object.keys(PATTERNS) as (keyof typeof PATTERNS)[]) {
    const count = fits(words, at, PATTERNS[is])
    if (count > 0) return { is, at, next: at + count }
  }
  return { is: 'other', at, next: at + 1 }
}

/** Where the words about whom to alert end. */
function leadFrom(words: string[], from: number) {
  let at = from
  for (let count = 1; count > 0; at += count)
    count = fits(words, at, LEAD) || (at > from ? fits(words, at, LATER) : 0)
  return at
}

function countAt(words: string[], at: number): Item | null {
  const match = matchAt(words, at, COUNT)
  if (!match) return null
  const { loose, more, number } = match.groups!
  const least = number ? Number(number) || NUMBERS.indexOf(number) : 2
  return { is: 'number', at, next: at + lengthOf(match), least: least + (more ? 1 : 0), isLoose: !!loose }
}

/** A thing, unless it is only part of another name, like `car door`, `cat bed`, `dog-sized`. */
function thingIn(text: string, words: string[], tokens: Token[], at: number): Item | null {
  const thing = thingAt(words, at)
  if (!thing) return null
  const { next } = thing
  const other = thingAt(words, next)
  if (other) return { is: 'other', at, next: other.next }
  const after = words[next] ?? ''
  const isGlued = /[-'’_]/.test(text.charAt(tokens[at]!.from - 1) + text.charAt(tokens[next - 1]!.to))
  const isPart =
    /^\w/.test(after) &&
    patternAt(words, next).is === 'other' &&
    (words[at]!.endsWith("'s") || isPartOf(thing, after))
  return isGlued || isPart || isSham(words[at - 1] ?? '')
    ? { is: 'other', at, next }
    : { is: 'thing', at, next, thing }
}
