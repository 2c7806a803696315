import * as z from 'zod/mini'
import { log } from './log.ts'
import { problems } from './problems.ts'

/** Begins the secrets in .dev.vars.example, which everybody knows. */
const PLACEHOLDER = 'replace-me'
/** The bucket in wrangler.toml, which is not ours. */
const TEMPLATE_BUCKET = 'scout-uploads'
const MIN_SECRET_IN_BYTES = 32
/** Cameras in the field wait 35 seconds for an answer. */
const MAX_HOLD_IN_SECONDS = 30
/** A model on a small machine takes a minute. */
const MAX_JUDGING_IN_MS = 120_000
const DAY_IN_SECONDS = 86_400
const ELSEWHERE = 'is for a database on this machine only'

/** What the environment tells the Worker, in parts that different routes need. */
const parts = {
  database: (env: Environment) =>
    z.object({
      DATABASE_URL: text('is no URL like postgres://user:password@host/database', isDatabaseUrl),
      SQL_ENDPOINT: optional('is no http or https URL', isHttpUrl),
      SQL_TIMEOUT_IN_MS: z.prefault(whole(isLocal(env) ? 100 : 2_500, 4_500), '4000'),
    }),

  tokens: () =>
    z.object({
      JWT_SECRET: text(`has fewer than ${MIN_SECRET_IN_BYTES} bytes`, isLong).check(ours),
      JWT_SECRET_PREVIOUS: optional(`has fewer than ${MIN_SECRET_IN_BYTES} bytes`, isLong).check(ours),
      ACCESS_TOKEN_LIFETIME_IN_SECONDS: whole(1, DAY_IN_SECONDS),
      REFRESH_TOKEN_LIFETIME_IN_SECONDS: whole(1, 366 * DAY_IN_SECONDS),
    }),

  storage: (env: Environment) =>
    z.object({
      S3_BUCKET: text('is no name that a bucket can have', isBucket).check(
        z.refine(
          (name) => isLocal(env) || name !== TEMPLATE_BUCKET,
          'still names the bucket of the template',
        ),
      ),
      S3_REGION: text('is no name of a region', isRegion),
      S3_ENDPOINT: endpoint(),
      AWS_ACCESS_KEY_ID: text('is blank or holds a blank', isWord).check(ours),
      AWS_SECRET_ACCESS_KEY: text('is blank or holds a blank', isWord).check(ours),
      AWS_SESSION_TOKEN: optional('is blank', (token) => token.trim() !== ''),
    }),

  site: (env: Environment) =>
    z.object({
      PUBLIC_URL: z.pipe(
        text(
          'is no origin like https://scout.example.com',
          (url) => isOrigin(url) && (isLocal(env) ? isHttpUrl(url) : /^https:/i.test(url)),
        ),
        z.transform(normalOrigin),
      ),
    }),

  mail: ({ MAIL_FROM }: Environment) => {
    const needed = MAIL_FROM ? text : optional
    return z.object({
      MAIL_FROM: optional('is no address like Scout <scout@example.com>', isSender),
      SES_REGION: needed('is no name of a region', isRegion),
      SES_ENDPOINT: endpoint(),
      AWS_SES_ACCESS_KEY_ID: needed('is blank or holds a blank', isWord).check(ours),
      AWS_SES_SECRET_ACCESS_KEY: needed('is blank or holds a blank', isWord).check(ours),
    })
  },

  judge: ({ JUDGE_URL }: Environment) =>
    z.object({
      JUDGE_URL: endpoint(),
      JUDGE_MODEL: (JUDGE_URL ? text : optional)('is blank or begins or ends with a blank', isTrimmed),
      JUDGE_API_KEY: optional('is blank or holds a blank', isWord).check(ours),
      JUDGE_TIMEOUT_IN_MS: z.prefault(whole(100, MAX_JUDGING_IN_MS), '20000'),
    }),

  devices: () =>
    z.object({
      PROVISIONING_KEY: optional(`has fewer than ${MIN_SECRET_IN_BYTES} bytes`, isLong).check(ours),
      POLL_HOLD_IN_SECONDS: z.prefault(whole(0, MAX_HOLD_IN_SECONDS), '25'),
    }),

  events: () =>
    z.object({
      STORAGE_SECRET: optional(`has fewer than ${MIN_SECRET_IN_BYTES} bytes`, isLong).check(ours),
      STORAGE_SECRET_PREVIOUS: optional(`has fewer than ${MIN_SECRET_IN_BYTES} bytes`, isLong).check(ours),
      JUDGEMENTS_PER_HOUR: z.prefault(whole(1, 1_000_000), '120'),
      JUDGEMENTS_PER_DAY: z.prefault(whole(1, 100_000_000), '2000'),
      JUDGEMENTS_PER_DAY_IN_ALL: z.prefault(whole(1, 999_999_999), '100000'),
      EVENT_RETENTION_DAYS: z.prefault(whole(1, 3_650), '30'),
    }),

  push: (env: Environment) => {
    const { VAPID_PUBLIC_KEY, VAPID_PRIVATE_KEY, APNS_KEY } = env
    const ofVapid = VAPID_PUBLIC_KEY || VAPID_PRIVATE_KEY ? text : optional
    const ofApns = APNS_KEY ? text : optional
    return z.object({
      VAPID_PUBLIC_KEY: ofVapid('is no public key of `npm run push:keys`', isVapidPublic),
      VAPID_PRIVATE_KEY: ofVapid('is no private key of `npm run push:keys`', isVapidPrivate),
      VAPID_SUBJECT: ofVapid(
        'is no address like mailto:you@example.com or https://scout.example.com',
        isContact,
      ),
      PUSH_SERVICES: z.pipe(
        optional('holds what is no name of a host', (list) => wordsOf(list).every(isHost)),
        z.transform((list) => wordsOf(list.toLowerCase())),
      ),
      APNS_KEY: z.pipe(
        optional('is no JWK of a P-256 key with a kid and the alg ES256', (key) => apnsKeyIn(key) !== null),
        z.transform(apnsKeyIn),
      ),
      APNS_TEAM_ID: ofApns('is no id of a team, 10 capital letters and digits', isTeam),
      APNS_TOPIC: ofApns('is no id of an app like com.example.scout', isTopic),
      APNS_ENVIRONMENT: z.prefault(
        text('is neither production nor sandbox', (word) => ['production', 'sandbox'].includes(word)),
        'production',
      ),
      APNS_URL: z.pipe(
        optional('holds what is no http or https URL without account, query and fragment', (list) =>
          wordsOf(list).every(isEndpoint),
        ),
        z.transform((list) => wordsOf(list).map((url) => new URL(url).href.replace(/\/+$/, ''))),
      ),
      LOOPBACK_TARGETS: z.prefault(
        text('is neither on nor off', isSwitch).check(
          z.refine((word) => word === 'off' || isLocal(env), ELSEWHERE),
        ),
        'off',
      ),
    })
  },

  requests: (env: Environment) =>
    z.object({
      CORS_ORIGINS: z.pipe(
        optional('holds what is no origin', (list) => wordsOf(list).every(isOrigin)),
        z.transform((list) => new Set(wordsOf(list).map(normalOrigin))),
      ),
      THROTTLE: z.prefault(
        text('is neither on nor off', isSwitch).check(
          z.refine((word) => word === 'on' || isLocal(env), ELSEWHERE),
        ),
        'on',
      ),
      LOG_SAMPLE_RATE: z.pipe(
        z.prefault(text('is no number from 0 to 1', isShare), '1'),
        z.transform(Number),
      ),
    }),

  passwords: (env: Environment) =>
    z.object({
      PASSWORD_ROUNDS: z.optional(
        whole(1, 100_000).check(z.refine(() => isLocal(env) && isHere(env.DATABASE_URL), ELSEWHERE)),
      ),
    }),
}

type Part = keyof typeof parts
export type Settings = { [P in Part]: z.output<ReturnType<(typeof parts)[P]>> }
/** Variables and secrets as they come; these say on which machine the database is, and what else there is. */
export type Environment = {
  readonly DATABASE_URL?: string
  readonly SQL_ENDPOINT?: string
  readonly MAIL_FROM?: string
  readonly JUDGE_URL?: string
  readonly VAPID_PUBLIC_KEY?: string
  readonly VAPID_PRIVATE_KEY?: string
  readonly APNS_KEY?: string
}
/** A setting that is wrong, and how: words that go on after its name and never quote its value. */
export type SettingFault = { setting: string; words: string }
type Looked<P extends Part> = { values: Settings[P] | null; faults: SettingFault[] }

/** What was looked at already: an isolate has one environment. */
const known = new WeakMap<Environment, { [P in Part]?: Looked<P> }>()

/**
 * A part of the settings, checked and read. They are looked at once per isolate, and what is wrong is logged then.
 * @throws unavailable, where one of them is wrong
 */
export function settings<P extends Part>(env: Environment, part: P): Settings[P] {
  const values = settingsIfGood(env, part)
  if (!values) throw problems.unavailable()
  return values
}

/** As `settings`, or null where one of them is wrong. */
export const settingsIfGood = <P extends Part>(env: Environment, part: P): Settings[P] | null =>
  (known.get(env)?.[part] ?? look(env, part)).values

/** @throws unavailable, where any setting is wrong */
export function requireSettings(env: Environment) {
  const looked = PARTS.map((part) => known.get(env)?.[part] ?? look(env, part))
  if (looked.some(({ values }) => !values)) throw problems.unavailable()
}

/** Everything that is wrong with the settings of an environment. */
export const faultsOf = (env: Environment) => PARTS.flatMap((part) => read(env, part).faults)

/** Whether the database is on this machine: a test, a load test or `npm run dev`, not a deployment. */
export const isLocal = ({ SQL_ENDPOINT }: Environment) => isHttpUrl(SQL_ENDPOINT) && isHere(SQL_ENDPOINT)

const PARTS = Object.keys(parts) as Part[]

function look<P extends Part>(env: Environment, part: P): Looked<P> {
  const looked = read(env, part)
  for (const { setting, words } of looked.faults) log.error({ event: 'configuration_error', setting, words })
  known.set(env, { ...known.get(env), [part]: looked })
  return looked
}

function read<P extends Part>(env: Environment, part: P): Looked<P> {
  const { data = null, error } = z.safeParse(parts[part](env), env)
  const faults = new Map(error?.issues.toReversed().map(({ path, message }) => [String(path[0]), message]))
  return {
    values: data as Settings[P] | null,
    faults: Array.from(faults, ([setting, words]) => ({ setting, words })).toReversed(),
  }
}

/** A setting that must be there. */
const text = (words: string, isGood: (value: string) => boolean) =>
  z
    .string({ error: ({ input }) => (input === undefined ? 'is missing' : 'is no text') })
    .check(z.refine(isGood, words))

/** A setting that may be missing, which is the same as empty. */
const optional = (words: string, isGood: (value: string) => boolean) =>
  z.prefault(
    text(words, (value) => value === '' || isGood(value)),
    '',
  )

const whole = (min: number, max: number) =>
  z.pipe(
    text(
      `is no whole number from ${min} to ${max}`,
      (value) => /^\d{1,9}$/.test(value) && Number(value) >= min && Number(value) <= max,
    ),
    z.transform(Number),
  )

const ours = z.refine<string>((value) => !value.startsWith(PLACEHOLDER), 'is still the example’s')

/** Where an API is, other than its maker's own. */
const endpoint = () =>
  z.pipe(
    optional('is no http or https URL without account, query and fragment', isEndpoint),
    z.transform((url) => url && new URL(url).href.replace(/\/+$/, '')),
  )

const isLong = (secret: string) => new TextEncoder().encode(secret).length >= MIN_SECRET_IN_BYTES
const isTrimmed = (name: string) => /^\S(.*\S)?$/.test(name)
const isWord = (key: string) => /^\S+$/.test(key)
const isRegion = (name: string) => /^[a-z\d]+(-[a-z\d]+)*$/.test(name)
/** An address, alone or in angle brackets after a name, in ASCII, as a mail's header has it. */
const isSender = (sender: string) =>
  /^[ -~]*$/.test(sender) && /^([^\s<>@]+@[^\s<>@]+|[^<>]* <[^\s<>@]+@[^\s<>@]+>)$/.test(sender)
const isShare = (share: string) => /^(\d+(\.\d*)?|\.\d+)$/.test(share) && Number(share) <= 1

const isSwitch = (word: string) => ['on', 'off'].includes(word)

/** A point of P-256 as browsers take it: 65 bytes in base64url, the first of which is 4. */
const isVapidPublic = (key: string) => /^B[\w-]{86}$/.test(key)
const isVapidPrivate = (key: string) => /^[\w-]{43}$/.test(key)
/** Whom a push service asks about our pushes: Apple refuses those of whom nobody can be asked. */
const isContact = (subject: string) =>
  /^mailto:[^\s@]+@[^\s@]+\.[^\s@]+$/.test(subject) || /^https:\/\/[^\s/]+\.[^\s/]+(\/\S*)?$/.test(subject)
const isHost = (name: string) => /^[a-z\d]([a-z\d-]*[a-z\d])?(\.[a-z\d]([a-z\d-]*[a-z\d])?)+$/i.test(name)
const isTeam = (id: string) => /^[A-Z\d]{10}$/.test(id)
const isTopic = (id: string) => /^[\w-]+(\.[\w-]+)+$/.test(id)

/** Apple's key, as a JWK: without `kid` and `alg` no token says which key signed it. Null where it is none. */
function apnsKeyIn(text: string) {
  const part = z.string().check(z.regex(/^[\w-]{43}$/))
  const jwk = z.object({
    kty: z.literal('EC'),
    crv: z.literal('P-256'),
    alg: z.literal('ES256'),
    kid: z.string().check(z.regex(/^[A-Z\d]{10}$/)),
    x: part,
    y: part,
    d: part,
  })
  try {
    return jwk.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

/** As S3 names general purpose buckets; the dots of an IP address are none of a name. */
const isBucket = (name: string) =>
  /^[a-z\d][a-z\d.-]{1,61}[a-z\d]$/.test(name) && !name.includes('..') && !/^\d+(\.\d+){3}$/.test(name)

/** An unescaped # ends a URL early: what follows it of a password would be lost. */
function isDatabaseUrl(value: string) {
  const url = URL.parse(value)
  if (!url || isSpaced(value)) return false
  const { protocol, username, hostname, pathname, hash } = url
  return /^postgres(ql)?:$/.test(protocol) && ![username, hostname, pathname.slice(1)].includes('') && !hash
}

const isHttpUrl = (value = '') => /^https?:\/\//i.test(value) && URL.canParse(value) && !isSpaced(value)

function isEndpoint(value: string) {
  const url = isHttpUrl(value) && new URL(value)
  return url && url.username + url.password + url.search + url.hash === ''
}

const isSpaced = (value: string) => /\s/.test(value)
export const isHere = (url = '') =>
  ['127.0.0.1', 'localhost', '[::1]'].includes(URL.parse(url)?.hostname.toLowerCase() ?? '')

const wordsOf = (list: string) => list.split(/[,\s]+/).filter(Boolean)

/** `https://app.example.com`, `capacitor://localhost`: a scheme, a host, a port, and a slash at most. */
const isOrigin = (origin: string) =>
  /^[^/]+:\/\/[^/?#@\\]+\/?$/.test(origin) &&
  URL.canParse(origin) &&
  /^[a-z][a-z\d+.-]*:\/\/[\w.:[\]-]+$/.test(normalOrigin(origin))

/** As browsers send it. A scheme that is none of the web's has no `origin` in a URL. */
function normalOrigin(origin: string) {
  const { protocol, host } = new URL(origin)
  return `${protocol}//${host.toLowerCase()}`
}
