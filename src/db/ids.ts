type Span = { from?: string | undefined; to?: string | undefined }

/**
 * The first and the last UUIDv7 (RFC 9562) that a row in a span of time can have, so that an index finds its rows. `ahead`
 * and `behind` are the most milliseconds by which the time in an id may precede and follow the row's own.
 */
export const idsOf = ({ from, to }: Span, { ahead, behind }: { ahead: number; behind: number }) => ({
  first: idAt(from ? Date.parse(from) - ahead : 0, '0'),
  last: idAt(to ? Date.parse(to) + behind : Infinity, 'f'),
})

/** The least or the greatest UUIDv7 of a moment in milliseconds, by the digit that follows it. */
function idAt(moment: number, digit: '0' | 'f') {
  const time = Math.trunc(Math.min(Math.max(moment, 0), 2 ** 48 - 1))
  return (time.toString(16).padStart(12, '0') + digit.repeat(20)).replace(
    /^(.{8})(.{4})(.{4})(.{4})/,
    '$1-$2-$3-$4-',
  )
}
