import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { inject } from 'vitest'
import { connect } from '../../src/db/client.ts'
import { judgeDue } from '../../src/events/consumer.ts'
import type { Budgets } from '../../src/events/budgets.ts'
import { giveUp } from '../../src/events/postpone.ts'
import { hear } from '../../src/events/hear.ts'
import { take } from '../../src/events/take.ts'
import { send } from './client.ts'
import type { Script } from '../../stack/contract-judge/server.ts'
import { aCamera, aDatabase, aDevice, aRule, aUser, type Camera } from './factories.ts'
import { scriptJudge } from './judge.ts'
import { detectionOf, put } from './pictures.ts'

/** The start and end of a JPEG: enough to detect its type and size. */
export function jpeg(width = 640, height = 480) {
  const sides = [height, width].flatMap((side) => [side >> 8, side & 255])
  const app0 = [0xff, 0xe0, 0, 16, ...new TextEncoder().encode('JFIF\0'), 1, 1, 0, 0, 1, 0, 1, 0, 0]
  return new Uint8Array([0xff, 0xd8, ...app0, 0xff, 0xc0, 0, 11, 8, ...sides, 1, 1, 0x11, 0, 0xff, 0xd9])
}

export const BUDGETS = { JUDGEMENTS_PER_HOUR: 100, JUDGEMENTS_PER_DAY: 100, JUDGEMENTS_PER_DAY_IN_ALL: 100 }
type GiveUp = Parameters<typeof giveUp> extends [unknown, ...infer Rest] ? Rest : never

let database: ReturnType<typeof aDatabase> | undefined

/**
 * A person with a camera in a separate database, and a judge of their own, so every due event is theirs. Only one test at a time can
 * have a house. `says` scripts the judge, `picture` uploads one with the bucket's notification, `judge` processes all due events.
 */
export async function aHouse(steps: Script['steps'] = [{ verdicts: ['yes'], evidence: 'a fox by the bin' }]) {
  const { sql, settings } = await (database ??= aDatabase())
  await sql`truncate events, verdicts, notifications, usage`
  const model = crypto.randomUUID()
  const environment = { ...env, ...settings, ...inject('judge'), JUDGE_MODEL: model }
  const owner = await aUser({}, sql)
  const camera = await aCamera(owner, 'Front Door', sql)
  const says = (steps: Script['steps']) => scriptJudge({ model, steps })
  await says(steps)

  const db = () => connect(environment)
  const tellAll = (words: { key: string; etag: string; at: string | null }[]) =>
    hear(
      db(),
      env.S3_BUCKET,
      words.map((word) => ({ bucket: env.S3_BUCKET, ...word })),
    )
  const tell = (key: string, etag: string, at: string | null = null) => tellAll([{ key, etag, at }])
  const access = (await aDevice({ camera }, sql)).access
  return {
    sql,
    environment,
    model,
    owner,
    camera,
    says,
    tell,
    tellAll,
    announce: (key: string) => send('POST', '/v1/events/', { token: access, json: { key }, settings }),
    take: (changes: Partial<Budgets> = {}) => take(db(), { ...BUDGETS, ...changes }, 4, 50),
    giveUp: (...[event, state, cause]: GiveUp) => giveUp(db(), event, state, cause),
    async rule(columns: Record<string, unknown> = {}, of: Camera = camera) {
      const { rule, nickname, ...others } = columns as { rule?: string; nickname?: string }
      const made = await aRule(owner, of, rule, nickname, sql)
      for (const [name, value] of Object.entries(others))
        await sql.query(`update rules_rule set ${name} = $1 where id = $2`, [value, made.id])
      return made
    },
    async picture({ at, of = camera, bytes = jpeg() }: { at?: Date; of?: Camera; bytes?: BodyInit } = {}) {
      const key = detectionOf(of)
      await tell(key, await put(key, bytes), at?.toISOString())
      return key
    },
    async judge(changes: object = {}) {
      const isDue = async () => (await sql`select from events where due_at <= now()`).length > 0
      for (let calls = 0; calls === 0 || (calls < 20 && (await isDue())); calls++) {
        const context = createExecutionContext()
        await judgeDue({ ...environment, ...changes }, context)
        await waitOnExecutionContext(context)
      }
    },
    makeDue: () => sql`update events set due_at = now() where due_at is not null`,
    event: async (key: string) => (await sql`select * from events where object_key = ${key}`)[0]!,
    verdicts: async (key: string) =>
      await sql`
        select verdicts.* from verdicts join events on event = public_event_id
        where object_key = ${key} order by rule_nickname`,
    notifications: () => sql`select * from notifications order by id`,
    used: async () =>
      Object.fromEntries(
        (
          await sql`
          select case subject when ${owner.publicUserId} then 'owner' when ${camera.publicCameraId} then 'camera' else 'all' end as of, judged
          from usage`
        ).map(({ of, judged }) => [of, judged]),
      ),
  }
}
