/** The time zone of this phone, by its IANA name. */
export const zoneOfPhone = () => new Intl.DateTimeFormat().resolvedOptions().timeZone

export const zoneInWords = (zone: string) => zone.replaceAll('_', ' ')

/**
 * Time zones to choose from, each with its label: none, which means `unset`; this phone's; the chosen one, which may be an older name;
 * then all others.
 */
export function zonesFor(
  chosen: string | null,
  unset: string,
  own = zoneOfPhone(),
  all: readonly string[] = Intl.supportedValuesOf('timeZone'),
): [zone: string, words: string][] {
  const zones = new Set([own, ...(chosen === null ? [] : [chosen]), ...all])
  // It is there already, unless it was chosen by its name.
  if (unset !== chosen) zones.delete(unset)
  const wordsOf = (zone: string) => (zone === own ? `${zoneInWords(zone)} (this phone)` : zoneInWords(zone))
  return [['', unset], ...Array.from(zones, (zone): [string, string] => [zone, wordsOf(zone)])]
}
