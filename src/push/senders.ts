import type { Kind } from './delivery.ts'
import type { Sender } from './push.ts'

/** Who sends to each kind of target; none where the deployment is not set up for it. */
export const sendersOf = (_env: Env): { [K in Kind]?: Sender } => ({})
