/**
 * When these were read, or copied from what was read before. Cloudflare's and Neon's prices come from public copies of their
 * pages. Amazon's page could not be read; these are its known list prices for us-east-1. Check all of them before you rely on
 * one.
 */
export const PRICES_OF = '2026-11-27'

/** Workers Paid, in dollars, and the monthly allowance in its base price. */
export const WORKERS = {
  base: 5,
  perMillionRequests: 0.3,
  includedRequests: 10e6,
  perMillionCpuMs: 0.02,
  includedCpuMs: 30e6,
  perMillionLogLines: 0.6,
  includedLogLines: 20e6,
  perMillionQueueOperations: 0.4,
  includedQueueOperations: 1e6,
}

/** Neon's Launch plan. */
export const NEON = { perComputeHour: 0.106, perGbMonth: 0.35 }

export const R2 = {
  perGbMonth: 0.015,
  includedGb: 10,
  perMillionWrites: 4.5,
  includedWrites: 1e6,
  perMillionReads: 0.36,
  includedReads: 10e6,
}

/** S3 Standard, and EventBridge: an event, and the call that it makes. */
export const S3 = {
  perGbMonth: 0.023,
  perMillionWrites: 5,
  perMillionReads: 0.4,
  perGbOut: 0.09,
  includedGbOut: 100,
  perMillionEvents: 1.2,
}
