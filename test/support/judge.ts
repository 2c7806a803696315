import { inject } from 'vitest'
import type { Asked } from '../../stack/contract-judge/protocol.ts'
import type { Script } from '../../stack/contract-judge/server.ts'

const { origin } = new URL(inject('judge').JUDGE_URL)
const post = (path: string, body: object) =>
  fetch(`${origin}${path}`, { method: 'POST', body: JSON.stringify(body) })

/** Tells the contract server what to do with the requests for a model, which is to be a test's own. */
export const scriptJudge = (script: Script) => post('/script', script)

/** What was asked of a model, in order. */
export const askedOf = async (model: string): Promise<Asked[]> =>
  (await fetch(`${origin}/asked?model=${encodeURIComponent(model)}`)).json()

/** Lets the answers go that a script holds. */
export const releaseJudge = (model: string) => post('/release', { model })
