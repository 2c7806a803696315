import { log } from '../log.ts'

/** What somebody is woken for: to judge pictures, or to send what could not be sent. */
export type Work = 'judge' | 'deliver'

/** Wakes whoever does some work, after so many seconds. What is due stands in the database: a message that is lost costs a minute. */
export async function wake({ EVENTS }: Pick<Env, 'EVENTS'>, delaySeconds: number = 0, work: Work = 'judge') {
  try {
    await EVENTS.send({ work }, { delaySeconds })
  } catch (error) {
    log.error({ event: 'wake_failed', name: (error as Error).name })
  }
}
