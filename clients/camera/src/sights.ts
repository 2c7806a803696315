import type { Sight } from './camera.ts'
import type { Config } from './settings.ts'

/** The part of the settings that controls the analysis. */
export const sightOf = ({
  labels,
  settle,
  quiet,
  again,
  masks,
  zones,
  privacy,
  least,
  largest,
}: Config): Sight => ({
  telling: { labels, settleInMs: settle * 1000, quietInMs: quiet * 1000, againInMs: again * 1000 },
  masks,
  zones,
  privacy,
  size: [least, largest],
})
