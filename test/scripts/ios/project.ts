import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

export const ROOT = join(import.meta.dirname, '../../..')
export const PHONE = join(ROOT, 'clients/phone')
export const IOS = join(PHONE, 'ios')

const require = createRequire(join(PHONE, 'package.json'))
const { parse } = require('plist') as { parse(text: string): unknown }
const xcode = require('xcode') as { project(path: string): { parseSync(): { hash: { project: Hash } } } }

type Hash = { objects: Record<string, Record<string, Entry | string>> }
export type Entry = { isa: string; [key: string]: unknown }
export type Settings = Record<string, string>

export const read = (file: string) => readFileSync(join(IOS, file), 'utf8')
export const plist = (file: string) => parse(read(file)) as Record<string, unknown>

/** The committed files of the project, including new ones. */
export const files = () =>
  execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: IOS, encoding: 'utf8' })
    .trim()
    .split('\n')

/** The settings in xcconfig files. */
export const settingsIn = (file: string): Settings =>
  Object.fromEntries(
    Array.from(read(file).matchAll(/^(\w+) =[ ]*(.*)$/gm), ([, name, value]) => [name, value]),
  )

/** Parses Xcode's project file and resolves its ids. */
export function readProject() {
  const { objects } = xcode.project(join(IOS, 'App/App.xcodeproj/project.pbxproj')).parseSync().hash.project
  const all = new Map(
    Object.values(objects).flatMap((kind) =>
      Object.entries(kind).filter((entry): entry is [string, Entry] => typeof entry[1] !== 'string'),
    ),
  )
  const of = (isa: string) => [...all.values()].filter((entry) => entry.isa === isa)
  const at = (id: unknown) => all.get(String(id))!
  const each = (list: unknown) => (list as ({ value: string } | string)[]).map((one) => at(idOf(one)))

  /** The build settings of Debug and Release. */
  const configurations = (owner: Entry) =>
    Object.fromEntries(
      each(at(owner.buildConfigurationList).buildConfigurations).map((one) => [
        text(one.name),
        { base: one.baseConfigurationReference, settings: one.buildSettings as Settings },
      ]),
    )
  /** The names of the files in a phase of a target. */
  const filesOf = (target: Entry, phase: string) =>
    each(target.buildPhases)
      .filter(({ isa }) => isa === phase)
      .flatMap(({ files }) => each(files))
      .map(({ fileRef, productRef }) =>
        text((at(fileRef) ?? at(productRef)).path ?? (at(fileRef) ?? at(productRef)).name),
      )

  /** The path of a file below App/, from its groups. */
  const pathOf = (id: string): string => {
    const [parent, group] = [...all].find(
      ([, { children }]) => Array.isArray(children) && children.some((one) => idOf(one) === id),
    ) ?? ['', undefined]
    const own = text(at(id).path ?? '')
    if (at(id).sourceTree === 'SOURCE_ROOT' || !group) return own
    return join(pathOf(parent), own)
  }
  return { all, of, at, each, configurations, filesOf, pathOf }
}

const idOf = (one: { value: string } | string) => (typeof one === 'string' ? one : one.value)
/** Removes the quotes that some texts keep. */
export const text = (value: unknown) => String(value).replace(/^"(.*)"$/, '$1')
