// Some cameras in a process that is killed at any moment: node cameras-process.ts SEED FOLDER… They look at demo scenes as fast as they
// can. A message ends the scenes; the process ends once everything is sent.
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { openDetector } from '@scout/detector'
import { watch } from '../../clients/camera/src/camera.ts'
import { readConfig } from '../../clients/camera/src/config.ts'
import { demo } from '../../clients/camera/src/frames/demo.ts'
import { sendAll } from '../../clients/camera/src/outbox/send.ts'
import { openDevice } from '../../clients/camera/src/outbox/session.ts'
import { type Item, itemOf } from '../../clients/camera/src/outbox/item.ts'
import { openSpool } from '../../clients/camera/src/outbox/spool.ts'
import { sightOf } from '../../clients/camera/src/sights.ts'
import { JOURNAL, SPOOL } from './journal.ts'

const SPOOL_IN_BYTES = 200e6
/** A scene begins so long ago, since it is over sooner than it lasts. */
const AGO_IN_MS = 150_000
const PAUSES_IN_SECONDS = [0.2, 0.5, 1]
const picturing = { fps: 5, width: 480, height: 270 }

const [seed = '0', ...folders] = process.argv.slice(2)
const { config } = await readConfig(['--quiet', '2', '--again', '5'], {})
const detector = await openDetector()
const ending = new AbortController()
process.once('message', () => ending.abort())
process.once('disconnect', () => process.exit())
await Promise.all(folders.map((folder, index) => look(folder, Number(seed) + index)))
process.exit()

async function look(folder: string, seed: number) {
  const device = await openDevice(folder)
  const spool = await openSpool(join(folder, SPOOL), SPOOL_IN_BYTES, (words) => note(folder, 'said', words))
  const stop = new AbortController()
  const sending = sendAll(spool, device, {
    say: (words) => note(folder, 'said', words),
    stop: stop.signal,
    pauses: PAUSES_IN_SECONDS,
  })
  for (let scene = seed; !ending.signal.aborted; scene += 1_000) {
    const frames = demo({ ...picturing, seed: scene, start: Date.now() - AGO_IN_MS })(ending.signal)
    for await (const { told } of watch(frames, detector, sightOf(config)))
      for (const one of told) await keep(itemOf(one))
  }
  while ((await spool.count()) > 0) await wait(100)
  stop.abort()
  await sending

  async function keep(item: Item) {
    note(folder, 'finds', String(item.capturedAt))
    if (await spool.add(item)) note(folder, 'keeps', String(item.capturedAt))
  }
}

/** One write, so that a line is whole or not there. */
function note(folder: string, what: string, words: string) {
  appendFileSync(join(folder, JOURNAL), `${what} ${words.replaceAll('\n', ' ')}\n`)
}
