import { priceOf } from '../eval/prices.ts'
import { NEON, R2, S3, WORKERS } from './prices.ts'
import * as use from './use.ts'

export type Storage = 'R2' | 'S3'

/** The monthly cost of a deployment with this many cameras, in dollars per item. */
export function costOf(cameras: number, storage: Storage) {
  const pictures = cameras * use.PICTURES
  const requests = requestsOf(cameras, storage)
  const statements =
    cameras * (use.BEATS + use.TOKENS + use.APP_REQUESTS + use.PUSHES) +
    pictures * use.STATEMENTS_OF_A_PICTURE +
    use.CRONS
  const cpuMs = requests * use.CPU_MS_OF_A_REQUEST + pictures * use.CPU_MS_OF_A_PICTURE
  const logLines = Math.min(requests, use.LOG_LINES_WANTED) + pictures
  return {
    'Workers, base': WORKERS.base,
    'Workers, requests': beyond(requests, WORKERS.includedRequests, WORKERS.perMillionRequests / 1e6),
    'Workers, CPU': beyond(cpuMs, WORKERS.includedCpuMs, WORKERS.perMillionCpuMs / 1e6),
    'Workers Logs': beyond(logLines, WORKERS.includedLogLines, WORKERS.perMillionLogLines / 1e6),
    Queues: beyond(
      operationsOf(pictures, storage),
      WORKERS.includedQueueOperations,
      WORKERS.perMillionQueueOperations / 1e6,
    ),
    'Neon, compute': computeOf(statements) * use.HOURS_A_MONTH * NEON.perComputeHour,
    'Neon, storage': pictures * use.KEPT_IN_MONTHS * use.EVENT_IN_GB * NEON.perGbMonth,
    'the bucket': storage === 'R2' ? r2Of(cameras) : s3Of(cameras),
    'the model': pictures * questionCosts(),
  }
}

function requestsOf(cameras: number, storage: Storage) {
  const pictures = cameras * use.PICTURES
  const words = storage === 'R2' ? pictures * (1 - 1 / use.R2_WORDS_IN_A_CALL) : 0
  const asked = cameras * (use.BEATS + use.TOKENS + use.APP_REQUESTS)
  // A message that a queue delivers is a request, too.
  return asked + pictures * (use.REQUESTS_OF_A_PICTURE + use.MESSAGES_OF_A_PICTURE) - words + use.CRONS
}

function operationsOf(pictures: number, storage: Storage) {
  const messages = use.MESSAGES_OF_A_PICTURE + (storage === 'R2' ? 1 : 0)
  return pictures * messages * use.OPERATIONS_OF_A_MESSAGE
}

/** In CU; autoscaling uses quarters. */
function computeOf(statements: number) {
  const busy = (statements * use.MS_OF_A_STATEMENT) / (use.HOURS_A_MONTH * 3_600_000)
  return Math.max(use.LEAST_COMPUTE, Math.ceil(busy * 4) / 4)
}

function r2Of(cameras: number) {
  const pictures = cameras * use.PICTURES
  const gb = pictures * use.KEPT_IN_MONTHS * use.PICTURE_IN_GB
  const reads = pictures + cameras * use.PICTURES_SHOWN
  return (
    beyond(gb, R2.includedGb, R2.perGbMonth) +
    beyond(pictures, R2.includedWrites, R2.perMillionWrites / 1e6) +
    beyond(reads, R2.includedReads, R2.perMillionReads / 1e6)
  )
}

/** Every read leaves Amazon's network, to the Worker as to phones. */
function s3Of(cameras: number) {
  const pictures = cameras * use.PICTURES
  const reads = pictures + cameras * use.PICTURES_SHOWN
  return (
    pictures * use.KEPT_IN_MONTHS * use.PICTURE_IN_GB * S3.perGbMonth +
    (pictures * (S3.perMillionWrites + S3.perMillionEvents)) / 1e6 +
    (reads * S3.perMillionReads) / 1e6 +
    beyond(reads * use.PICTURE_IN_GB, S3.includedGbOut, S3.perGbOut)
  )
}

function questionCosts() {
  const { perMillionIn, perMillionOut } = priceOf(use.MODEL)!
  return (use.TOKENS_IN * perMillionIn + use.TOKENS_OUT * perMillionOut) / 1e6
}

const beyond = (used: number, included: number, price: number) => Math.max(0, used - included) * price
