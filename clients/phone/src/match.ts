/** The parameters of a path for a pattern with `:name` parts; null if it does not match. */
export function match<Pattern extends string>(pattern: Pattern, path: string): Params<Pattern> | null {
  const [wanted, given] = [pattern.split('/'), path.replace(/(?<=.)\/$/, '').split('/')]
  if (wanted.length !== given.length) return null
  const params: Record<string, string> = {}
  for (const [place, part] of wanted.entries()) {
    if (part.startsWith(':') && given[place]) params[part.slice(1)] = decoded(given[place])
    else if (part !== given[place]) return null
  }
  return params as Params<Pattern>
}

type Place = { protocol: string; host: string; pathname: string }

/**
 * Whether a link stays in the app, which is `here`, below `base`. It does not compare origins: the iPhone app is at
 * `capacitor://localhost`, whose origin is "null" (URL Standard, 4.7).
 */
export const isWithin = (link: Place, here: Place, base: string) =>
  link.protocol === here.protocol && link.host === here.host && `${link.pathname}/`.startsWith(`${base}/`)

type Params<Pattern extends string> = Pattern extends `${string}:${infer Name}/${infer Rest}`
  ? Record<Name, string> & Params<`/${Rest}`>
  : Pattern extends `${string}:${infer Name}`
    ? Record<Name, string>
    : object

function decoded(part: string) {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
