import { lengthAt, phrasesOf, wordsOf } from './tokens.ts'

/** The 80 things of COCO, in its order. */
export const LABELS = `
  person,bicycle,car,motorcycle,airplane,bus,train,truck,boat,traffic light,fire hydrant,stop sign,parking meter,bench,bird,cat,dog,
  horse,sheep,cow,elephant,bear,zebra,giraffe,backpack,umbrella,handbag,tie,suitcase,frisbee,skis,snowboard,sports ball,kite,
  baseball bat,baseball glove,skateboard,surfboard,tennis racket,bottle,wine glass,cup,fork,knife,spoon,bowl,banana,apple,sandwich,
  orange,broccoli,carrot,hot dog,pizza,donut,cake,chair,couch,potted plant,bed,dining table,toilet,tv,laptop,mouse,remote,keyboard,
  cell phone,microwave,oven,toaster,sink,refrigerator,book,clock,vase,scissors,teddy bear,hair drier,toothbrush`
  .trim()
  .split(/,\s*/)

/** Words that mean a label and no more, or nearly always no more. */
const SAME: Record<string, string> = {
  person:
    'people,persons,someone,somebody,anyone,anybody,human,human being,individual,somone,someome,sombody,poeple',
  bicycle: 'bike,push bike,pushbike',
  car: 'automobile',
  motorcycle: 'motorbike,motor bike,motor cycle',
  airplane: 'plane,aeroplane',
  truck: 'lorry,lorries',
  bird: 'birdie',
  cat: 'kitty,kitten,kitties',
  dog: 'doggy,doggie,doggo,pup,puppy,puppies',
  backpack: 'rucksack',
  handbag: 'purse',
  'sports ball': 'football,basketball,soccer ball,tennis ball,volleyball',
  knife: 'knives',
  donut: 'doughnut',
  couch: 'sofa,settee',
  'potted plant': 'pot plant,houseplant,house plant',
  tv: 'television,telly,tv set',
  laptop: 'notebook computer',
  mouse: 'computer mouse,mice',
  remote: 'remote control',
  'cell phone': 'phone,cellphone,mobile phone,smartphone,smart phone,mobile',
  refrigerator: 'fridge',
  'hair drier': 'hair dryer,hairdryer',
}

/** Words that say more than a label, which has to be there all the same. */
const MORE: Record<string, string> = {
  person: `
    man,men,woman,women,guy,lady,ladies,kid,child,children,boy,girl,teenager,teen,toddler,baby,babies,infant,adult,visitor,guest,
    stranger,intruder,burglar,thief,thieves,robber,trespasser,prowler,neighbour,neighbor,courier,postman,postmen,mailman,mailmen,
    postwoman,driver,customer,client,employee,worker,colleague,cleaner,gardener,plumber,electrician,salesman,cyclist,jogger,runner,
    pedestrian,policeman,policemen,cop,police officer,officer,firefighter,doctor,nurse,patient,wife,husband,partner,mom,mum,dad,mother,
    father,son,daughter,brother,sister,grandma,grandpa,grandmother,grandfather,friend,tenant,landlord,babysitter,nanny,teacher,student`,
  car: 'taxi,cab,suv,sedan,limousine',
  truck: 'pickup,pick up truck,semi',
  boat: 'sailboat,rowboat,ferry,ferries',
  bicycle: 'ebike,e bike',
  bird: 'crow,pigeon,seagull,gull,hen,duck,goose,geese,owl,eagle,hawk,heron,sparrow,magpie',
  sheep: 'lamb',
  horse: 'pony,ponies,foal',
  orange: 'tangerine',
}
/** A vehicle is any of these. */
const VEHICLES = ['car', 'motorcycle', 'bus', 'truck']
/** Labels whose word, alone, means something else more often, as the colour and the animal. */
const OTHERWISE = wordsOf('orange mouse mice remote tie mobile')
const PLURALS = wordsOf('people poeple men women children sheep mice knives lorries')

type Kind = { labels: string[]; isSame: boolean; isPlural: boolean }
/** What words name: any of these labels, or with none that something moves; whether no more than that; up to `next`. */
export type Named = Kind & { next: number }

const KINDS = new Map<string, Kind>()
function name(words: string[], labels: string[], isSame: boolean) {
  for (const word of words.map((word) => word.trim()))
    KINDS.set(word, { labels, isSame, isPlural: PLURALS.has(word) || word.endsWith('ies') })
}
for (const label of LABELS) name([label], [label], true)
for (const [label, words] of Object.entries(SAME)) name(words.split(','), [label], true)
for (const [label, words] of Object.entries(MORE)) name(words.split(','), [label], false)
name(['vehicle'], VEHICLES, true)
for (const word of OTHERWISE) KINDS.delete(word)

const MOTION = phrasesOf(`
  anything that moves, anything moves, anything moving, something that moves, something moves, something moving, anything happens,
  something happens, anything, motion, movement, movements, activity`)
/** Before a thing: it is none. */
const SHAMS = wordsOf('toy stuffed fake plastic inflatable cardboard model miniature hot guinea')
/** After a thing: it is of these. */
const PARTS = wordsOf(`
  door food bowl house bed flap feeder stop station seat key keys alarm owner park port wash tire tyre window light lights trailer rack
  rental cover frame carrier toy toys shadow horn cake tree box sensor detector doors seats windows bowls cage crate shed leash poop`)
/** How verbs and some of what is said of a thing end. */
const STATE = /(?:ing|ed|s|en|ly|sat|ran|fell|alone|loose|asleep|awake|again|too)$/

/** What is named from this word on, in as many words as name one. */
export function thingAt(words: string[], at: number): Named | null {
  const motion = lengthAt(words, at, MOTION)
  if (motion) return { labels: [], isSame: true, isPlural: true, next: at + motion }
  for (const count of [3, 2, 1]) {
    const kind = at + count <= words.length && kindOf(words.slice(at, at + count).join(' '))
    if (kind) return { ...kind, next: at + count }
  }
  const isSomeone = /^(?:some|any)(?:one|body)'s$/.test(words[at] ?? '')
  const isShort = isSomeone && /^(?:at|in|on|here|there|by|outside|.+ing)$/.test(words[at + 1] ?? '')
  return isShort ? { ...KINDS.get('someone')!, next: at + 1 } : null
}

function kindOf(words: string): Kind | undefined {
  const single = [words.replace(/s$/, ''), words.replace(/es$/, '')].find(
    (word) => word !== words && KINDS.has(word),
  )
  return KINDS.get(words) ?? (single === undefined ? undefined : { ...KINDS.get(single)!, isPlural: true })
}

export const isSham = (word: string) => SHAMS.has(word)

/** Whether the word after a thing makes it a part of another: `car door`, but not `car stops`. */
export const isPartOf = ({ labels, isPlural }: Kind, after: string) =>
  PARTS.has(after) || (!isPlural && labels[0] !== 'person' && !STATE.test(after))
