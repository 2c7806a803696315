import { setTimeout as wait } from 'node:timers/promises'
import { Client } from 'pg'

/** How long anything is tried again. */
export const PATIENCE_IN_MS = 60_000
/** A minute of the cron. */
const MINUTE_IN_MS = 500
const DUE = "update events set due_at = now() - interval '1 hour' where camera = any($1) and due_at > now()"
/** What the owners of the cameras are to be told. */
const DELIVERIES_DUE = `
  update deliveries set due_at = now() - interval '1 hour'
  where owner in (select public_user_id from users join camera_camera on owner_id = users.id where public_camera_id = any($1))
    and due_at > now()`

export type Rows = ReturnType<typeof rowsOf>

/** The rows of some cameras, in a database that may be stopped: each call is repeated until it is there. */
export function rowsOf(databaseUrl: string, cameras: string[]) {
  /** The number of rows changed. */
  const change = (sql: string) =>
    insist(() => connected(databaseUrl, async (client) => (await client.query(sql, [cameras])).rowCount ?? 0))
  const makeEventsDue = (state: 'received' | 'judging') => change(`${DUE} and state = '${state}'`)
  const makeDeliveriesDue = (state: 'waiting' | 'sending') =>
    change(`${DELIVERIES_DUE} and state = '${state}'`)
  return {
    change,
    read: <T>(work: (client: Client) => Promise<T>) => connected(databaseUrl, work),
    /** Makes due what has this state, before all others. */
    makeEventsDue,
    makeDeliveriesDue,

    /**
     * Makes waiting work due, before all else, ends the minutes in which pictures are added to a notification, and rings the
     * cron, each half second.
     */
    async passMinutes(ring: () => void, ending: AbortSignal) {
      while (!ending.aborted) {
        await wait(MINUTE_IN_MS)
        await makeEventsDue('received')
        await makeDeliveriesDue('waiting')
        await change(
          `update camera_camera set last_notified_at = last_notified_at - interval '61 seconds'
           where public_camera_id = any($1) and random() < 0.2`,
        )
        ring()
      }
    },

    /** Waits until no event and no delivery is open any more, for a minute at most. */
    async untilClosed() {
      const sql = `select (
        select count(*) from events where due_at is not null and camera = any($1)) + (
        select count(*) from deliveries where due_at is not null) as count`
      const end = performance.now() + PATIENCE_IN_MS
      const countOpen = () =>
        connected(databaseUrl, async (client) => Number((await client.query(sql, [cameras])).rows[0].count))
      while ((await countOpen()) > 0 && performance.now() < end) await wait(200)
    },
  }
}

async function connected<T>(connectionString: string, work: (client: Client) => Promise<T>) {
  const client = new Client({ connectionString })
  client.on('error', () => {})
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** Does it again until it is done, as a camera does. @throws what it threw last, where that takes too long */
export async function insist<T>(work: () => Promise<T>) {
  const end = performance.now() + PATIENCE_IN_MS
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (performance.now() > end) throw error
      await wait(300)
    }
  }
}
