import * as z from 'zod/mini'

type Read<T> = (input: unknown, refuse: (words: string) => void) => T | undefined

/**
 * A field that `read` turns into its value, or refuses with the contract's message. `described` is JSON Schema of what a
 * client should send; `read` may accept more.
 */
export const field = <T>(described: z.core.GlobalMeta, read: Read<T>) =>
  z
    .pipe(
      z.unknown(),
      z.transform((input, context): T => {
        const refuse = (message: string) => void context.issues.push({ code: 'custom', message, input })
        if (input === null) refuse('This field may not be null.')
        const value = input === null ? undefined : read(input, refuse)
        return value === undefined || context.issues.length > 0 ? z.NEVER : value
      }),
    )
    .register(z.globalRegistry, described)

type TextRules = {
  min?: number
  max?: number
  blank?: boolean
  wrongType?: string
  /** The pattern of a text, and the message if it does not match. */
  spelled?: { as: RegExp; words: string }
}

const readText =
  ({
    min = 0,
    max = Infinity,
    blank = false,
    wrongType = 'Not a valid string.',
    spelled,
  }: TextRules): Read<string> =>
  (input, refuse) => {
    if (typeof input !== 'string' && typeof input !== 'number') return void refuse(wrongType)
    const text = trim(String(input))
    if (text === '' && !blank) return void refuse('This field may not be blank.')
    // A text has at most as many code points as UTF-16 units, so most texts need no count.
    if (text.length > max && codePoints(text) > max)
      refuse(`Ensure this field has no more than ${max} characters.`)
    if (min > 0 && codePoints(text) < min) refuse(`Ensure this field has at least ${min} characters.`)
    if (spelled && !spelled.as.test(text)) refuse(spelled.words)
    if (text.includes('\0')) refuse('Null characters are not allowed.')
    const [surrogate] = text.isWellFormed() ? [] : (/\p{Surrogate}/u.exec(text) ?? [])
    if (surrogate) {
      const hex = surrogate.charCodeAt(0).toString(16).toUpperCase()
      refuse(`Surrogate characters are not allowed: U+${hex}.`)
    }
    return text
  }

/** A text, as Django REST Framework's CharField reads it: trimmed, a number as its digits, lengths in code points. */
export const text = (rules: TextRules = {}) => {
  const { min = 1, max, blank, spelled } = rules
  const lengths = {
    ...(!blank && { minLength: min }),
    ...(max && { maxLength: max }),
    ...(spelled && { pattern: spelled.as.source }),
  }
  return field({ type: 'string', ...lengths }, readText(rules))
}

const EMAIL_WORDS = 'Enter a valid email address.'

/** An email address in lower case, at most 150 code points, because it becomes the username. */
export const email = () => {
  const read = readText({ max: 150, wrongType: EMAIL_WORDS })
  return field({ type: 'string', format: 'email', maxLength: 150 }, (input, refuse) => {
    const address = read(typeof input === 'string' ? input.toLowerCase() : input, refuse)
    if (address !== undefined && !isEmail(address)) refuse(EMAIL_WORDS)
    return address
  })
}

const BOOLEANS = new Map<unknown, boolean>([
  ...[true, 1, 'true', 't', 'yes', 'y', 'on', '1'].map((word) => [word, true] as const),
  ...[false, 0, 'false', 'f', 'no', 'n', 'off', '0'].map((word) => [word, false] as const),
])

/** A boolean, or a word for one in any letter case. */
export const flag = () =>
  field({ type: 'boolean' }, (input, refuse) => {
    const value = BOOLEANS.get(typeof input === 'string' ? input.toLowerCase() : input)
    if (value === undefined) refuse('Must be a valid boolean.')
    return value
  })

/** A whole number or its digits, as Django REST Framework's IntegerField reads it. */
export const whole = ({ min, max }: { min: number; max: number }) =>
  field({ type: 'integer', minimum: min, maximum: max }, (input, refuse) => {
    const digits = typeof input === 'string' || typeof input === 'number' ? String(input).trim() : ''
    if (!/^[+-]?\d{1,15}(\.0*)?$/.test(digits)) return void refuse('A valid integer is required.')
    const value = Number(digits)
    if (value > max) refuse(`Ensure this value is less than or equal to ${max}.`)
    if (value < min) refuse(`Ensure this value is greater than or equal to ${min}.`)
    return value
  })

/** One of a few words. */
export const choice = <Word extends string>(words: readonly Word[]) =>
  field({ type: 'string', enum: words }, (input, refuse) => {
    const word = words.find((word) => word === input)
    if (word === undefined) refuse(notAChoice(input))
    return word
  })

/** Quotes the input up to a readable length. An object is quoted as JSON: its own `toString` may be anything. */
const notAChoice = (input: unknown) => {
  const words = typeof input === 'object' ? JSON.stringify(input) : String(input)
  return `"${words.slice(0, 100).toWellFormed()}" is not a valid choice.`
}

const DATETIME_WORDS =
  'Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].'
const RFC_3339 = z.iso.datetime({ offset: true })

/** A point in time as RFC 3339 text; it must include a time zone. */
export const moment = () =>
  field({ type: 'string', format: 'date-time' }, (input, refuse) => {
    const sent = typeof input === 'string' ? input.trim().toUpperCase() : ''
    const text = sent.replace(/(?<=T\d\d:\d\d)(?=[Z+-])/, ':00')
    // Postgres supports no offset of 16 hours, and no more than a hundred decimals; nanoseconds have nine.
    const isFarOff = /[+-](1[6-9]|2\d):\d\d$/.test(text)
    const isTooExact = /\.\d{10}/.test(text)
    if (z.safeParse(RFC_3339, text).success && !isFarOff && !isTooExact && !text.startsWith('0000'))
      return text
    return void refuse(DATETIME_WORDS)
  })

/** An IANA time zone, like Europe/Berlin. */
export const timeZone = () => {
  const read = readText({ max: 64 })
  return field({ type: 'string', maxLength: 64, examples: ['Europe/Berlin'] }, (input, refuse) => {
    const name = read(input, refuse)
    if (name !== undefined && !isTimeZone(name)) refuse(notAChoice(name))
    return name
  })
}

/** Whether this machine knows this time zone. */
export function isTimeZone(name: string) {
  try {
    return /^[a-z]/i.test(name) && Boolean(new Intl.DateTimeFormat('en', { timeZone: name }))
  } catch {
    return false
  }
}

/** A time zone that was valid when it was set; UTC if this machine no longer knows it, since that must not fail an alarm. */
export const zoneOf = (name: string) => (isTimeZone(name) ? name : 'UTC')

/** A time of day to the minute, like 22:00. */
export const timeOfDay = () =>
  field({ type: 'string', pattern: String.raw`^([01]\d|2[0-3]):[0-5]\d$` }, (input, refuse) => {
    if (typeof input === 'string' && /^([01]\d|2[0-3]):[0-5]\d$/.test(input)) return input
    return void refuse('Time has wrong format. Use one of these formats instead: hh:mm.')
  })

/** A text of hexadecimal digits, in lower case. */
export const hexadecimal = ({ max }: { max: number }) => {
  const read = readText({ max })
  return field({ type: 'string', maxLength: max, pattern: '^[0-9a-fA-F]+$' }, (input, refuse) => {
    const digits = read(input, refuse)
    if (digits && !/^[\da-f]+$/i.test(digits)) refuse('Enter a valid value.')
    return digits?.toLowerCase()
  })
}

/** 8-4-4-4-12 hexadecimal digits, in either letter case. */
export const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i

/** A public id. */
export const publicId = () =>
  field({ type: 'string', format: 'uuid' }, (input, refuse) => {
    if (typeof input === 'string' && UUID.test(input)) return input.toLowerCase()
    return void refuse('Must be a valid UUID.')
  })

/**
 * A list of `min` (0 or 1) to `max` values, each read by `item`. A fault is reported for the whole list, because a field's
 * faults are messages.
 */
export const listOf = <T>(item: z.ZodMiniType<T>, { min = 1, max }: { min?: number; max: number }) =>
  field(
    { type: 'array', items: z.globalRegistry.get(item) ?? {}, minItems: min, maxItems: max },
    (input, refuse) => {
      if (!Array.isArray(input))
        return void refuse(`Expected a list of items but got type "${typeof input}".`)
      if (input.length < min) return void refuse('This list may not be empty.')
      if (input.length > max) return void refuse(`Ensure this field has no more than ${max} elements.`)
      const read = input.map((one) => z.safeParse(item, one))
      const [fault] = read.flatMap(({ error }) => error?.issues ?? [])
      if (fault) return void refuse(fault.message)
      return read.map(({ data }) => data as T)
    },
  )

/** The number of code points in a text. */
export function codePoints(text: string) {
  let count = 0
  for (const _ of text) count++
  return count
}

const SPACE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/

/** Trims like Python's `str.strip`. By index: a regular expression would backtrack over long runs of spaces. */
export function trim(text: string) {
  let start = 0
  let end = text.length
  while (start < end && SPACE.test(text.charAt(start))) start++
  while (end > start && SPACE.test(text.charAt(end - 1))) end--
  return text.slice(start, end)
}

// Python's A-Z, in any letter case, also matches ı.
const LOCAL_PART =
  /^(?:[-!#$%&'*+/=?^_`{}|~0-9A-Zı]+(?:\.[-!#$%&'*+/=?^_`{}|~0-9A-Zı]+)*|"(?:[\x01-\x08\x0b\x0c\x0e-\x1f!#-[\]-\x7f]|\\[\x01-\x09\x0b\x0c\x0e-\x7f])*")$/iu
const DOMAIN =
  /^[a-z\u00a1-\uffff0-9](?:[a-z\u00a1-\uffff0-9-]{0,61}[a-z\u00a1-\uffff0-9])?(?:\.(?!-)[a-z\u00a1-\uffff0-9-]{1,63}(?<!-))*\.(?!-)(?:[a-z\u00a1-\uffff-]{2,63}|xn--[a-z0-9]{1,59})(?<!-)$/iu
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/
const LITERAL = /^\[([A-F0-9:.]+)\]$/i

/** Whether Django's `EmailValidator` (6.0) accepts it. */
export function isEmail(address: string) {
  const at = address.lastIndexOf('@')
  if (at < 0 || codePoints(address) > 320 || !LOCAL_PART.test(address.slice(0, at))) return false
  const domain = address.slice(at + 1)
  if (domain === 'localhost' || DOMAIN.test(domain)) return true
  const [, ip = ''] = LITERAL.exec(domain) ?? []
  return IPV4.test(ip) || (ip.includes(':') && URL.canParse(`http://[${ip}]/`))
}
