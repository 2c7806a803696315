// What one camera and its owner use. These are assumptions, unless a measurement is named.

export const HOURS_A_MONTH = 730
const DAYS_A_MONTH = HOURS_A_MONTH / 24

/** Pictures a month with a rule that is due: fifty a day. */
export const PICTURES = 50 * DAYS_A_MONTH
/** The size of a camera's picture; the photos in scripts/photos have 90 to 137 KB. */
export const PICTURE_IN_GB = 150e3 / 1e9
/** `EVENT_RETENTION_DAYS` and the lifecycle's day. */
export const KEPT_IN_MONTHS = 31 / DAYS_A_MONTH
/** One picture in ten notifies somebody, on two phones. */
export const PUSHES = PICTURES * 0.1 * 2

/** A heartbeat a minute and an access token per 15, as in clients/camera. */
export const BEATS = HOURS_A_MONTH * 60
export const TOKENS = HOURS_A_MONTH * 4
/** Presign, announcement, the bucket's event. The phone app: forty requests a day, and twenty pictures. */
export const REQUESTS_OF_A_PICTURE = 3
export const APP_REQUESTS = 40 * DAYS_A_MONTH
export const PICTURES_SHOWN = 20 * DAYS_A_MONTH

/** The announcement and the bucket's event each send a message; a message is written, read and deleted. */
export const MESSAGES_OF_A_PICTURE = 2
export const OPERATIONS_OF_A_MESSAGE = 3
/** R2's event is a queue message, too, ten of them per call. */
export const R2_WORDS_IN_A_CALL = 10

/** Received twice, taken twice (the second finds nothing), concluded; a push is settled. */
export const STATEMENTS_OF_A_PICTURE = 5
/** `npm run bench` measures 0.24 to 1.4 ms per request; pictures were not measured alone. */
export const CPU_MS_OF_A_REQUEST = 0.5
export const CPU_MS_OF_A_PICTURE = 10
/** On a compute of one CU; most statements take less. */
export const MS_OF_A_STATEMENT = 1
/** The smallest compute that Neon never suspends, in CU. */
export const LEAST_COMPUTE = 0.25
/**
 * An event with three verdicts, their indexes, and a tenth of a notification. `npm run bench:events -- --events 1000000` measures 992
 * bytes with one verdict; the rest is a guess.
 */
export const EVENT_IN_GB = 1.5e3 / 1e9

/** The two crons, and what they scan. */
export const CRONS = HOURS_A_MONTH * 61
/** The sample rate is 1 up to this many requests a month, then whatever keeps the log at that. */
export const LOG_LINES_WANTED = 20e6

export const MODEL = '@cf/google/gemma-4-26b-a4b-it'
/** For a question with a picture and a few rules; docs/judging.md. */
export const TOKENS_IN = 1_520
export const TOKENS_OUT = 150
