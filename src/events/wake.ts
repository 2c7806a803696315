import { log } from '../log.ts'

/** Wakes whoever judges, after so many seconds. What is due stands in the database: a message that is lost costs a minute. */
export async function wake({ EVENTS }: Pick<Env, 'EVENTS'>, delaySeconds = 0) {
  try {
    await EVENTS.send({}, { delaySeconds })
  } catch (error) {
    log.error({ event: 'wake_failed', name: (error as Error).name })
  }
}
