/** The last moment that ISO 8601 can express. */
const LAST = Date.parse('9999-12-31T23:59:59.999Z')

/**
 * An id that begins with a moment in milliseconds: a UUID of version 7 (RFC 9562). Moments before 1970 count as 1970.
 */
export function idOf(moment: string) {
  const time = Math.max(0, Date.parse(moment)).toString(16).padStart(12, '0')
  const random = crypto.randomUUID()
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(15)}`
}

/** The moment at the beginning of an id, or null. */
export function momentOf(id: string) {
  if (id[14] !== '7') return null
  const time = Number.parseInt(id.slice(0, 13).replace('-', ''), 16)
  return time <= LAST ? new Date(time).toISOString() : null
}
