/** The origin of a web address. Throws an Error of one sentence for anything else. */
export function originOf(url: string) {
  const parsed = URL.parse(url)
  if (!parsed || !/^https?:$/.test(parsed.protocol)) throw new Error(`${url} is not an http or https URL.`)
  return parsed.origin
}
