import { codePoints } from '../http/fields.ts'

/** A password must not resemble these; blank or missing parts are skipped. */
export type Person = {
  email?: string | undefined
  first_name?: string | undefined
  last_name?: string | undefined
}

/** In code points. */
export const MIN_LENGTH = 8
const MAX_SIMILARITY = 0.7

/** Returns every fault of a new password, in the contract's order; empty if it is good. */
export async function passwordFaults(password: string, person: Person, assets: Fetcher): Promise<string[]> {
  const faults: string[] = []
  if (codePoints(password) < MIN_LENGTH)
    faults.push(`This password is too short. It must contain at least ${MIN_LENGTH} characters.`)
  if (await isCommon(password, assets)) faults.push('This password is too common.')
  if (/^\p{Nd}+$/u.test(password)) faults.push('This password is entirely numeric.')
  for (const [name, value] of Object.entries({
    'email address': person.email,
    'first name': person.first_name,
    'last name': person.last_name,
  }))
    if (value && isSimilar(password, value)) faults.push(`The password is too similar to the ${name}.`)
  return faults
}

let commonPasswords: string | undefined

/**
 * The list comes from scripts/build-assets.ts: one text, a password per line. An isolate reads it at its first new password.
 */
async function isCommon(password: string, assets: Fetcher) {
  if (!commonPasswords) {
    const response = await assets.fetch('http://assets/common-passwords.txt')
    if (!response.ok) throw new Error('the list of common passwords is not deployed')
    commonPasswords = await response.text()
  }
  return !password.includes('\n') && commonPasswords.includes(`\n${password.toLowerCase()}\n`)
}

/** As Django's `UserAttributeSimilarityValidator`: compares with the whole value and with each word in it. */
function isSimilar(password: string, value: string) {
  const secret = [...password.toLowerCase()]
  const whole = value.toLowerCase()
  return [...whole.split(/[^\p{L}\p{N}_]+/u), whole].some((part) => {
    const word = [...part]
    const isMuchShorter =
      secret.length >= 10 * word.length && word.length < (MAX_SIMILARITY / 2) * secret.length
    return !isMuchShorter && quickRatio(secret, word) >= MAX_SIMILARITY
  })
}

/**
 * Python's `difflib.SequenceMatcher.quick_ratio`: twice the common characters, in any order, divided by all of them.
 */
function quickRatio(a: string[], b: string[]) {
  const left = new Map<string, number>()
  for (const character of b) left.set(character, (left.get(character) ?? 0) + 1)
  let matches = 0
  for (const character of a) {
    const count = left.get(character) ?? 0
    if (count > 0) matches++
    left.set(character, count - 1)
  }
  return (2 * matches) / (a.length + b.length)
}
