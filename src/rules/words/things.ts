import { wordsOf } from './tokens.ts'

/**
 * The 80 things of COCO, in its order, each with synonyms that nearly always mean the same. `_` is a space; a name that
 * begins with it usually means something else if it stands alone.
 */
const THINGS = `
  person people persons human someone somebody anyone anybody someone's somebody's somone,bicycle bike,car,motorcycle motorbike,airplane plane,bus,train,
  truck lorry,boat,traffic_light,fire_hydrant,stop_sign,parking_meter,bench,bird,cat kitten kitty,dog puppy pup doggy,horse,sheep,cow,
  elephant,bear,zebra,giraffe,backpack rucksack,umbrella,handbag purse,_tie,suitcase,frisbee,skis,snowboard,
  sports_ball,kite,baseball_bat,baseball_glove,skateboard,surfboard,tennis_racket,bottle,wine_glass,cup,fork,
  knife knives,spoon,bowl,banana,apple,sandwich,_orange,broccoli,carrot,hot_dog,pizza,donut,cake,chair,couch sofa,
  potted_plant,bed,dining_table,toilet,tv television,laptop,_mouse computer_mouse,_remote remote_control,keyboard,
  cell_phone phone cellphone mobile_phone smartphone,microwave,oven,toaster,sink,refrigerator fridge,book,clock,vase,scissors,
  teddy_bear,hair_drier hair_dryer,toothbrush`
/** These say more about a person. */
const PEOPLE = `
  man men woman women guy lady kid child children baby boy girl visitor guest stranger intruder burglar thief neighbour neighbor courier
  postman mailman driver customer worker wife husband son daughter`
const MOTION = wordsOf('motion movement activity anything anything_moves anything_moving something_moves')

/** Any of these labels; empty if only something moves. `isSame`: the words say no more than that. */
type Kind = { labels: string[]; isSame: boolean; isPlural: boolean }
export type Thing = Kind & { next: number }

const KINDS = new Map<string, Kind>()
const PLURALS = wordsOf('people men women children sheep knives')
const name = (word: string, labels: string[], isSame: boolean) =>
  KINDS.set(word, { labels, isSame, isPlural: PLURALS.has(word) })
for (const words of THINGS.trim().split(/,\s*/)) {
  const [first = '', ...others] = words.split(' ')
  const label = first.replaceAll('_', ' ').trim()
  for (const word of [first, ...others]) name(word, [label], true)
}
for (const word of wordsOf(PEOPLE)) name(word, ['person'], false)
for (const word of MOTION) name(word, [], true)
name('vehicle', ['car', 'motorcycle', 'bus', 'truck'], true)

/** The thing that begins at this word, by its longest name. */
export function thingAt(words: string[], at: number): Thing | null {
  for (const count of at + 1 < words.length ? [2, 1] : [1]) {
    const said = words.slice(at, at + count).join('_')
    const kind = KINDS.get(said)
    const single = kind ?? KINDS.get(said.replace(/s$/, '')) ?? KINDS.get(said.replace(/es$/, ''))
    if (single) return { ...single, isPlural: !kind || kind.isPlural, next: at + count }
  }
  return null
}

/** Before a thing: not a real one. */
const SHAMS = wordsOf('toy stuffed fake plastic cardboard')
export const isSham = (word: string) => SHAMS.has(word)

/** The endings of verbs, and some words that describe a thing or a part that still counts as the thing. */
const SAID = /(?:ing|ed|s|en|ly)$/
const PARTS = wordsOf('bed shed keys lights toys doors seats')

/** Whether the word after a thing makes it part of another: `car door`, but not `car stops`. */
export const isPartOf = ({ labels, isPlural }: Kind, after: string) =>
  !isPlural && labels[0] !== 'person' && (PARTS.has(after) || !SAID.test(after))
