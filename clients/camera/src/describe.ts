import { KNOWN, variableOf } from './config.ts'
import { SETTINGS } from './settings.ts'

type Described = { is: string; default: unknown; unit?: string; least?: number; most?: number }
const described = Object.entries(SETTINGS) as [string, Described][]

/** The text of `--help`. */
export const help = () => `scout-camera pair CODE   adds this camera to the account that the code is from
scout-camera run         watches, and sends what it finds
scout-camera check       tests each part and prints the result
scout-camera watch FILM  prints what it would send of a film, and saves a picture of each
scout-camera schema      prints the JSON Schema of the settings, for editors

Settings: --name VALUE, ${variableOf('name')}=VALUE, or a JSON file given with --config:
${described.map(([name, { is, default: value, unit }]) => `  --${name.padEnd(9)} ${is} ${usual(value, unit)}`).join('\n')}
`

const usual = (value: unknown, unit?: string) =>
  typeof value === 'object'
    ? '(JSON)'
    : `(${String(value)}${unit ? ` ${value === 1 ? unit.replace(/s$/, '') : unit}` : ''})`

/** The settings as a JSON Schema. */
export const schema = () => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Scout camera',
  type: 'object',
  additionalProperties: false,
  properties: {
    $schema: { type: 'string' },
    ...Object.fromEntries(described.map(([name, setting]) => [name, property(setting)])),
  },
})

function property({ is, default: value, unit, least, most }: Described) {
  const description = unit
    ? `${is} In ${unit}.`.replace('In of', 'As a share of').replace('In a ', 'Per ')
    : is
  if (Array.isArray(value)) return { description, ...POLYGONS }
  if (typeof value === 'object') return { description, ...LABELS }
  // The default folder is in this user's home, so the schema leaves it out.
  const usual = is.includes('token') ? {} : { default: value }
  const range = least === undefined ? {} : { minimum: least, maximum: most }
  return { description, type: typeof value, ...usual, ...range }
}

const SHARE = { type: 'number', minimum: 0, maximum: 1 }
const POINT = { type: 'array', items: SHARE, minItems: 2, maxItems: 2 }
const POLYGONS = { type: 'array', items: { type: 'array', items: POINT, minItems: 3 } }
const LABELS = {
  type: 'object',
  minProperties: 1,
  propertyNames: { enum: KNOWN },
  additionalProperties: {
    type: 'object',
    required: ['best', 'median'],
    properties: { best: SHARE, median: SHARE },
  },
}
