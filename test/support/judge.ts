import { inject } from 'vitest'
import type { Asked } from '../../stack/contract-judge/protocol.ts'
import type { Script } from '../../stack/contract-judge/server.ts'

const { origin } = new URL(inject('judge').JUDGE_URL)
const post = (path: string, body: object) =>
  fetch(`${origin}${path}`, { method: 'POST', body: JSON.stringify(body) })

/** Scripts the contract server's answers for a model; each test uses its own model. */
export const scriptJudge = (script: Script) => post('/script', script)

/** The requests for a model, in order. */
export const askedOf = async (model: string): Promise<Asked[]> =>
  (await fetch(`${origin}/asked?model=${encodeURIComponent(model)}`)).json()

/** Releases the answers that a script holds. */
export const releaseJudge = (model: string) => post('/release', { model })
