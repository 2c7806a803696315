import { log } from '../log.ts'

/** The work to wake for: judging pictures, or sending deliveries that are due. */
export type Work = 'judge' | 'deliver'

/**
 * Wakes a consumer for some work after this many seconds. The database holds what is due: a lost message costs a minute.
 */
export async function wake({ EVENTS }: Pick<Env, 'EVENTS'>, delaySeconds: number = 0, work: Work = 'judge') {
  try {
    await EVENTS.send({ work }, { delaySeconds })
  } catch (error) {
    log.error({ event: 'wake_failed', name: (error as Error).name })
  }
}
