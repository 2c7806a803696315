type Entry = { event: string; [detail: string]: unknown }

/**
 * One JSON object per line, its `event` first. It never holds a token, a cookie, a URL with a query, an email or an SQL
 * value.
 */
export const log = {
  info: (entry: Entry) => console.log(JSON.stringify(entry)),
  warn: (entry: Entry) => console.warn(JSON.stringify(entry)),
  error: (entry: Entry) => console.error(JSON.stringify(entry)),
}
