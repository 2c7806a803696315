import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { LABELS } from '@scout/detector'
import { type Config, type Setting, SETTINGS, SURELY } from './settings.ts'

/** An invalid setting; the message says which one, its source, and what to write. */
export class WrongSetting extends Error {}

type Name = keyof Config
const names = Object.keys(SETTINGS) as Name[]
export const variableOf = (name: string) => `SCOUT_CAMERA_${name.toUpperCase()}`

/** Reads the settings from flags, else variables, else the file, else the defaults, and the other arguments. @throws WrongSetting */
export async function readConfig(args: string[], env: Variables = process.env) {
  const { values: flags, positionals } = parsed(args)
  const path = flags.config ?? env.SCOUT_CAMERA_CONFIG
  const file = path === undefined ? {} : await readSettings(path)
  for (const name of Object.keys(file))
    if (name !== '$schema' && !(name in SETTINGS))
      throw new WrongSetting(`«${name}» in ${path} is not a setting.`)
  const config = Object.fromEntries(names.map((name) => [name, valueOf(name, flags, env, file, path)]))
  return { config: config as Config, positionals }
}

type Variables = Record<string, string | undefined>
type Flags = Record<string, string | undefined>

function parsed(args: string[]) {
  try {
    const options = Object.fromEntries(
      [...names, 'config'].map((name) => [name, { type: 'string' as const }]),
    )
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
    return { values: values as Flags, positionals }
  } catch (error) {
    throw new WrongSetting((error as Error).message)
  }
}

async function readSettings(path: string): Promise<Record<string, unknown>> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    throw new WrongSetting(`${path} cannot be read: ${(error as Error).message}`)
  }
}

function valueOf(name: Name, flags: Flags, env: Variables, file: Record<string, unknown>, path = '') {
  const text = flags[name] ?? env[variableOf(name)]
  const from = flags[name] === undefined ? variableOf(name) : `--${name}`
  const setting: Setting<unknown> = SETTINGS[name]
  if (text === undefined)
    return name in file ? fitting(file[name], setting, `«${name}» in ${path}`) : setting.default
  return fitting(typeof setting.default === 'string' ? text : fromText(text), setting, from)
}

function fromText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function fitting(value: unknown, setting: Setting<unknown>, from: string) {
  if (isFitting(value, setting)) {
    if (setting === SETTINGS.labels) assertKnown(Object.keys(value as object), from)
    return value
  }
  const { least, most, unit, like } = setting
  const range = least === undefined ? '' : ` from ${least} to ${most}${unit ? `, ${unit}` : ''}`
  const kind =
    typeof setting.default === 'object'
      ? `JSON like ${JSON.stringify(EXAMPLES[kindOf(setting)])}`
      : `a ${typeof setting.default}${like ? ` like ${String(setting.default)}` : ''}`
  throw new WrongSetting(`${from} must be ${kind}${range}. ${setting.is}`)
}

/** What the detector can find. */
export const KNOWN = LABELS.map(([, name]) => name as string)

/** Another name would be reported never, without a word. */
function assertKnown(names: string[], from: string) {
  const unknown = names.find((name) => !KNOWN.includes(name))
  if (unknown === undefined) return
  throw new WrongSetting(
    `${from} names «${unknown}», which the detector does not know. It knows: ${KNOWN.join(', ')}.`,
  )
}

const EXAMPLES = {
  polygons: [
    [
      [0, 0],
      [0.5, 0],
      [0.5, 1],
    ],
  ],
  labels: { cat: SURELY },
}
const kindOf = ({ default: value }: Setting<unknown>) => (Array.isArray(value) ? 'polygons' : 'labels')
const isShare = (value: unknown) => typeof value === 'number' && value >= 0 && value <= 1

function isFitting(value: unknown, setting: Setting<unknown>) {
  const { default: usual, least = -Infinity, most = Infinity, like = /^/ } = setting
  if (typeof value === 'number') return typeof usual === 'number' && value >= least && value <= most
  if (typeof usual !== 'object') return typeof value === typeof usual && like.test(String(value))
  if (Array.isArray(usual))
    return (
      Array.isArray(value) &&
      value.every(
        (corners) =>
          Array.isArray(corners) &&
          corners.length > 2 &&
          corners.every((one) => Array.isArray(one) && one.length === 2 && one.every(isShare)),
      )
    )
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.keys(value).length > 0 &&
    Object.values(value).every((one) => isShare(one?.best) && isShare(one?.median))
  )
}
