import * as z from 'zod/mini'
import { log } from './log.ts'
import { problems } from './problems.ts'

/** The prefix of the secrets in .dev.vars.example, which are public. */
const PLACEHOLDER = 'replace-me'
/** The example bucket in wrangler.toml, which is not ours. */
const TEMPLATE_BUCKET = 'scout-uploads'
const MIN_SECRET_IN_BYTES = 32
/** Cameras in the field time out after 35 seconds. */
const MAX_HOLD_IN_SECONDS = 30
/** A model on a small machine takes a minute. */
const MAX_JUDGING_IN_MS = 120_000
const DAY_IN_SECONDS = 86_400
const ELSEWHERE = 'is only allowed with a database on this machine'

/** The settings, in parts that different routes need. */
const parts = {
  database: (env: Environment) =>
    z.object({
      DATABASE_URL: text('is not a URL like postgres://user:password@host/database', isDatabaseUrl),
      SQL_ENDPOINT: optional('is not an http or https URL', isHttpUrl),
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
      S3_BUCKET: text('is not a valid name of a bucket', isBucket).check(
        z.refine((name) => isLocal(env) || name !== TEMPLATE_BUCKET, 'still names the example bucket'),
      ),
      S3_REGION: text('is not the name of a region', isRegion),
      S3_ENDPOINT: endpoint().check(
        z.refine(
          (url) => !url || !env.S3_BUCKET || !new URL(url).pathname.endsWith(`/${env.S3_BUCKET}`),
          'ends with the bucket, which is added to it',
        ),
      ),
      AWS_ACCESS_KEY_ID: text('is blank or contains whitespace', isWord).check(ours),
      AWS_SECRET_ACCESS_KEY: text('is blank or contains whitespace', isWord).check(ours),
      AWS_SESSION_TOKEN: optional('is blank', (token) => token.trim() !== ''),
    }),

  site: (env: Environment) =>
    z.object({
      PUBLIC_URL: z.pipe(
        text(
          'is not an origin like https://scout.example.com',
          (url) => isOrigin(url) && (isLocal(env) ? isHttpUrl(url) : /^https:/i.test(url)),
        ),
        z.transform(normalOrigin),
      ),
    }),

  mail: ({ MAIL_FROM }: Environment) => {
    const needed = MAIL_FROM ? text : optional
    return z.object({
      MAIL_FROM: optional('is not an address like Scout <scout@example.com>', isSender),
      SES_REGION: needed('is not the name of a region', isRegion),
      SES_ENDPOINT: endpoint(),
      AWS_SES_ACCESS_KEY_ID: needed('is blank or contains whitespace', isWord).check(ours),
      AWS_SES_SECRET_ACCESS_KEY: needed('is blank or contains whitespace', isWord).check(ours),
    })
  },

  judge: ({ JUDGE_URL }: Environment) =>
    z.object({
      JUDGE_URL: endpoint(),
      JUDGE_MODEL: (JUDGE_URL ? text : optional)('is blank or begins or ends with a blank', isTrimmed),
      JUDGE_API_KEY: optional('is blank or contains whitespace', isWord).check(ours),
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
      VAPID_PUBLIC_KEY: ofVapid('is not a public key from `npm run push:keys`', isVapidPublic),
      VAPID_PRIVATE_KEY: ofVapid('is not a private key from `npm run push:keys`', isVapidPrivate),
      VAPID_SUBJECT: ofVapid(
        'is not an address like mailto:you@example.com or https://scout.example.com',
        isContact,
      ),
      PUSH_SERVICES: z.pipe(
        optional('holds an entry that is not a host name', (list) => wordsOf(list).every(isHost)),
        z.transform((list) => wordsOf(list.toLowerCase())),
      ),
      APNS_KEY: z.pipe(
        optional(
          'is not a JWK of a P-256 key with a kid and the alg ES256',
          (key) => apnsKeyIn(key) !== null,
        ),
        z.transform(apnsKeyIn),
      ),
      APNS_TEAM_ID: ofApns('is not the id of a team, 10 capital letters and digits', isTeam),
      APNS_TOPIC: ofApns('is not the id of an app like com.example.scout', isTopic),
      APNS_ENVIRONMENT: z.prefault(
        text('is neither production nor sandbox', (word) => ['production', 'sandbox'].includes(word)),
        'production',
      ),
      APNS_URL: z.pipe(
        optional(
          'holds an entry that is not an http or https URL without account, query and fragment',
          (list) => wordsOf(list).every(isEndpoint),
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
        optional('holds an entry that is not an origin', (list) => wordsOf(list).every(isOrigin)),
        z.transform((list) => new Set(wordsOf(list).map(normalOrigin))),
      ),
      THROTTLE: z.prefault(
        text('is neither on nor off', isSwitch).check(
          z.refine((word) => word === 'on' || isLocal(env), ELSEWHERE),
        ),
        'on',
      ),
      LOG_SAMPLE_RATE: z.pipe(
        z.prefault(text('is not a number from 0 to 1', isShare), '1'),
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
/**
 * The variables and secrets as strings. These say whether the database is on this machine and which parts are configured.
 */
export type Environment = {
  readonly DATABASE_URL?: string
  readonly SQL_ENDPOINT?: string
  readonly MAIL_FROM?: string
  readonly S3_BUCKET?: string
  readonly JUDGE_URL?: string
  readonly VAPID_PUBLIC_KEY?: string
  readonly VAPID_PRIVATE_KEY?: string
  readonly APNS_KEY?: string
}
/** A wrong setting, and a message that follows its name and never quotes its value. */
export type SettingFault = { setting: string; words: string }
type Looked<P extends Part> = { values: Settings[P] | null; faults: SettingFault[] }

/** The settings that were already read: an isolate has one environment. */
const known = new WeakMap<Environment, { [P in Part]?: Looked<P> }>()

/**
 * Returns a part of the settings, checked and parsed. Reads them once per isolate, and logs their faults then.
 * @throws unavailable if one of them is wrong
 */
export function settings<P extends Part>(env: Environment, part: P): Settings[P] {
  const values = settingsIfGood(env, part)
  if (!values) throw problems.unavailable()
  return values
}

/** As `settings`, but null if one of them is wrong. */
export const settingsIfGood = <P extends Part>(env: Environment, part: P): Settings[P] | null =>
  (known.get(env)?.[part] ?? look(env, part)).values

/** @throws unavailable if any setting is wrong */
export function requireSettings(env: Environment) {
  const looked = PARTS.map((part) => known.get(env)?.[part] ?? look(env, part))
  if (looked.some(({ values }) => !values)) throw problems.unavailable()
}

/** Every fault in the settings of an environment. */
export const faultsOf = (env: Environment) => PARTS.flatMap((part) => read(env, part).faults)

/** Whether the database is on this machine: in a test, a load test or `npm run dev`, not in a deployment. */
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

/** A required setting. */
const text = (words: string, isGood: (value: string) => boolean) =>
  z
    .string({ error: ({ input }) => (input === undefined ? 'is missing' : 'is not a string') })
    .check(z.refine(isGood, words))

/** An optional setting. Empty means missing. */
const optional = (words: string, isGood: (value: string) => boolean) =>
  z.prefault(
    text(words, (value) => value === '' || isGood(value)),
    '',
  )

const whole = (min: number, max: number) =>
  z.pipe(
    text(
      `is not a whole number from ${min} to ${max}`,
      (value) => /^\d{1,9}$/.test(value) && Number(value) >= min && Number(value) <= max,
    ),
    z.transform(Number),
  )

const ours = z.refine<string>((value) => !value.startsWith(PLACEHOLDER), 'is still the example value')

/** The address of an API, if it is not the vendor's own. */
const endpoint = () =>
  z.pipe(
    optional('is no http or https URL without account, query and fragment', isEndpoint),
    z.transform((url) => url && new URL(url).href.replace(/\/+$/, '')),
  )

const isLong = (secret: string) => new TextEncoder().encode(secret).length >= MIN_SECRET_IN_BYTES
const isTrimmed = (name: string) => /^\S(.*\S)?$/.test(name)
const isWord = (key: string) => /^\S+$/.test(key)
const isRegion = (name: string) => /^[a-z\d]+(-[a-z\d]+)*$/.test(name)
/** An ASCII address, alone or in angle brackets after a name, as in a mail header. */
const isSender = (sender: string) =>
  /^[ -~]*$/.test(sender) && /^([^\s<>@]+@[^\s<>@]+|[^<>]* <[^\s<>@]+@[^\s<>@]+>)$/.test(sender)
const isShare = (share: string) => /^(\d+(\.\d*)?|\.\d+)$/.test(share) && Number(share) <= 1

const isSwitch = (word: string) => ['on', 'off'].includes(word)

/** A point of P-256 in the form that browsers accept: 65 bytes in base64url, the first of which is 4. */
const isVapidPublic = (key: string) => /^B[\w-]{86}$/.test(key)
const isVapidPrivate = (key: string) => /^[\w-]{43}$/.test(key)
/** The contact for a push service: Apple refuses pushes without a reachable one. */
const isContact = (subject: string) =>
  /^mailto:[^\s@]+@[^\s@]+\.[^\s@]+$/.test(subject) || /^https:\/\/[^\s/]+\.[^\s/]+(\/\S*)?$/.test(subject)
const isHost = (name: string) => /^[a-z\d]([a-z\d-]*[a-z\d])?(\.[a-z\d]([a-z\d-]*[a-z\d])?)+$/i.test(name)
const isTeam = (id: string) => /^[A-Z\d]{10}$/.test(id)
const isTopic = (id: string) => /^[\w-]+(\.[\w-]+)+$/.test(id)

/**
 * Parses Apple's key, a JWK: without `kid` and `alg`, a token could not name the key that signed it. Null if it is not one.
 */
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

/** The naming rules of S3 general purpose buckets; an IP address is not a name. */
const isBucket = (name: string) =>
  /^[a-z\d][a-z\d.-]{1,61}[a-z\d]$/.test(name) && !name.includes('..') && !/^\d+(\.\d+){3}$/.test(name)

/** An unescaped # ends a URL early and would cut off the rest of a password. */
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

/** A scheme, a host, at most a port and a trailing slash, like `https://app.example.com` or `capacitor://localhost`. */
const isOrigin = (origin: string) =>
  /^[^/]+:\/\/[^/?#@\\]+\/?$/.test(origin) &&
  URL.canParse(origin) &&
  /^[a-z][a-z\d+.-]*:\/\/[\w.:[\]-]+$/.test(normalOrigin(origin))

/** The origin as browsers send it. In JavaScript, a URL with a scheme other than the web's has no `origin`. */
function normalOrigin(origin: string) {
  const { protocol, host } = new URL(origin)
  return `${protocol}//${host.toLowerCase()}`
}
