import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@scout/client'
import type { Client } from 'pg'
import { pair } from '../../clients/camera/src/outbox/session.ts'
import { endOnStop } from '../../stack/stopping.ts'
import { newEmail, PASSWORD } from '../kit/world.ts'
import { type Journal, journalOf } from './journal.ts'

const RULE = { rule: 'Tell me of anything', rule_nickname: 'Anything', cooldown_in_seconds: 0 }
const PROCESS = join(import.meta.dirname, 'cameras-process.ts')

export type Fleet = Awaited<ReturnType<typeof startFleet>>
type Camera = { id: string; folder: string }

/** So many cameras of one owner each process, in some processes that can be killed. Ends where `await using` does. */
export async function startFleet(service: string, count: number, processes: number) {
  const folder = mkdtempSync(join(tmpdir(), 'scout-fleet-'))
  const emails: string[] = []
  const groups: Camera[][] = []
  for (let group = 0; group < processes; group++) {
    const email = newEmail()
    emails.push(email)
    const scout = createClient({ baseUrl: service })
    await scout.register({ email, password: PASSWORD })
    await scout.updateNotificationSettings({ tells_unjudged: false, tells_offline: false })
    const cameras: Camera[] = []
    for (let index = group; index < count; index += processes)
      cameras.push(await hang(scout, `Camera ${index}`))
    groups.push(cameras)
  }
  const ended: string[] = []
  const children: ChildProcess[] = groups.map(start)
  const stop = endOnStop(async () => {
    for (const child of children) await end(child)
    await rm(folder, { recursive: true, force: true })
  })
  const cameras = groups.flat()
  return { emails, cameras: cameras.map(({ id }) => id), kill, finish, judge, [Symbol.asyncDispose]: stop }

  async function hang(scout: ReturnType<typeof createClient>, location: string) {
    const own = join(folder, location.replace(' ', '-'))
    await mkdir(own)
    const { pairing_code } = await scout.createPairingCode({ location })
    const { public_camera_id: id } = await pair(own, service, pairing_code, { model: 'Soak', version: '1.0' })
    await scout.createRule(id, RULE)
    return { id, folder: own }
  }

  function start(cameras: Camera[], group: number) {
    const child = fork(PROCESS, [String(group * 100), ...cameras.map(({ folder }) => folder)], {
      execArgv: ['--no-warnings'],
      detached: true,
    })
    // One that is killed has no code.
    child.once('exit', (code) => code && ended.push(`process ${group} ended by itself, with ${code}`))
    return child
  }

  /** Kills one of the processes in the middle of whatever it does, and starts it again. */
  async function kill(group: number) {
    await end(children[group % processes]!)
    children[group % processes] = start(groups[group % processes]!, group % processes)
  }

  /** Ends the scenes, and waits until everything is sent. @throws where that takes too long */
  async function finish(patienceInMs: number) {
    const gone = children.map((child) => once(child, 'exit'))
    for (const child of children) child.send('end')
    const late = AbortSignal.timeout(patienceInMs)
    await Promise.race([Promise.all(gone), once(late, 'abort')])
  }

  /** Compares what the cameras noted with the events and notifications of the service. */
  async function judge(client: Client) {
    const journals = await Promise.all(
      cameras.map(async ({ id, folder }) => ({ id, ...(await journalOf(folder)) })),
    )
    const { rows } = await client.query<Event>(
      `select public_event_id as id, camera, state, failure, (extract(epoch from captured_at) * 1000)::float8 as at,
         (select count(*)::int from notifications where public_event_id = any(event_ids)) as told
       from events where camera = any($1)`,
      [cameras.map(({ id }) => id)],
    )
    const verdict = verdictOn(journals, rows)
    return { ...verdict, wrong: [...ended, ...verdict.wrong] }
  }
}

type Event = { id: string; camera: string; state: string; failure: string | null; at: number; told: number }

function verdictOn(journals: (Journal & { id: string })[], events: Event[]) {
  const wrong: string[] = []
  let [lost, doubled] = [0, 0]
  for (const { id, found, kept, dropped } of journals) {
    const of = Map.groupBy(
      events.filter(({ camera }) => camera === id),
      ({ at }) => Math.round(at),
    )
    for (const [at, times] of Map.groupBy(kept, (time) => time))
      lost += Math.max(0, times.length - (of.get(at)?.length ?? 0))
    for (const [at, list] of of) {
      const most = found.filter((time) => time === at).length
      if (most === 0) wrong.push(`${id}: an event of ${at}, when the camera found nothing`)
      doubled += Math.max(0, list.length - most)
    }
    wrong.push(...dropped.map((words) => `${id}: ${words}`))
  }
  for (const { id, state, failure, told } of events) {
    if (state !== 'done') wrong.push(`${id} is ${state}, ${failure}`)
    else if (told === 0) lost++
    else doubled += told - 1
  }
  const sum = (of: (journal: Journal) => number) =>
    journals.reduce((total, journal) => total + of(journal), 0)
  return {
    'pictures kept by cameras': sum(({ kept }) => kept.length),
    events: events.length,
    'left in spools': sum(({ spooled }) => spooled),
    lost,
    doubled,
    wrong,
  }
}

async function end(child: ChildProcess) {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}
