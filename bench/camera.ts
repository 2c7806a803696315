// npm run bench:camera [-- --seeds 21-60 --width 480 --height 270 --seconds 30 --hours 2]: what the camera reports of scenes
// whose truth is known, by day and at night, and what it costs. Thresholds are frozen on seeds 1 to 20; the report uses
// others. `--settle 1` and `--fps 4` are its settings. `--seconds 0` skips the costs; `--hours` adds the growth of its memory
// over this many hours of film.
import { execFileSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { inProcess } from './camera/in-process.ts'
import { startLens } from './camera/lens.ts'
import { type Score, scoreOf, type Seen } from './camera/truth.ts'
import { percentile } from './kit/load.ts'
import { number, printTable } from './kit/table.ts'
import type { Cost } from './camera/cost.ts'
import type { Growth } from './camera/growth.ts'
import { optionsOf } from '../stack/options.ts'

const { values: options } = optionsOf(
  'usage: npm run bench:camera -- [--seeds 21-60] [--width 480] [--height 270] [--seconds 30] [--hours 0] [--settle 1]',
  {
    options: {
      seeds: { type: 'string', default: '21-60' },
      width: { type: 'string', default: '480' },
      height: { type: 'string', default: '270' },
      seconds: { type: 'string', default: '30' },
      hours: { type: 'string', default: '0' },
      settle: { type: 'string', default: '' },
    },
  },
)
const [first = 21, last = first] = options.seeds.split('-').map(Number)
const seeds = Array.from({ length: last - first + 1 }, (_, i) => first + i)
const settings = {
  SCOUT_CAMERA_WIDTH: options.width,
  SCOUT_CAMERA_HEIGHT: options.height,
  ...(options.settle && { SCOUT_CAMERA_SETTLE: options.settle }),
}
const ROOT = join(import.meta.dirname, '..')
const built = join(ROOT, 'clients/camera/dist')
const goals: [what: string, is: string, shouldBe: string, isMet: boolean][] = []

execFileSync(process.execPath, [join(ROOT, 'scripts/build-camera.ts'), built])

const scores: Record<string, Score> = {}
for (const time of ['day', 'night'] as const) scores[time] = scoreOf(await seenOf(time))
printTable(
  [
    `seeds ${first} to ${last}`,
    'activities',
    'told',
    'right',
    'precision',
    'recall',
    'enters to told p50 s',
    'p95',
  ],
  Object.entries(scores).map(([time, { acts, told, right, latencies }]) => [
    time,
    ...[acts, told, right].map((count) => number(count)),
    number(right / told, 3),
    number(right / acts, 3),
    number(percentile(latencies, 0.5), 1),
    number(percentile(latencies, 0.95), 1),
  ]),
)
for (const [time, { wrong, missed }] of Object.entries(scores)) {
  for (const words of wrong) console.log(`${time}: told wrongly: ${words}`)
  for (const words of missed) console.log(`${time}: not told: ${words}`)
}
const latency = percentile(scores.day!.latencies, 0.5)
goals.push(['enters to told by day, median s', number(latency, 1), '≤ 2.5', latency <= 2.5])

if (Number(options.seconds) > 0) {
  await using lens = await startLens()
  const rows: string[][] = []
  for (const [name, most] of [
    ['idle', 12],
    ['busy', 15],
  ] as const) {
    const { share, rss, fps } = await inProcess<Cost>('cost', [built, lens.url(name), options.seconds])
    rows.push([name, number(fps, 1), number(share * 100, 1), number(rss)])
    goals.push([`${name}, % of a core`, number(share * 100, 1), `≤ ${most}`, share * 100 <= most])
    goals.push([`${name}, MB`, number(rss), '≤ 230', rss <= 230])
  }
  printTable(['720p', 'pictures a second', '% of a core', 'memory MB'], rows)
}
if (Number(options.hours) > 0) {
  await using lens = await startLens()
  const { rss, growth, hours } = await inProcess<Growth>('growth', [built, lens.url('fast'), options.hours])
  printTable(
    [`${number(hours, 1)} h of film`, 'memory MB', 'MB more an hour'],
    [['busy', number(rss), number(growth, 2)]],
  )
  goals.push(['MB more an hour', number(growth, 2), '< 1', growth < 1])
}
printTable(
  ['goal', 'is', 'should be', ''],
  goals.map(([what, is, shouldBe, isMet]) => [what, is, shouldBe, isMet ? 'met' : 'missed']),
)

/** The reports on the films of all seeds, on all processors. */
async function seenOf(time: 'day' | 'night') {
  const left = [...seeds]
  const all: Seen[] = []
  const work = Array.from({ length: availableParallelism() }, async () => {
    for (let some = left.splice(0, 4); some.length > 0; some = left.splice(0, 4))
      all.push(...(await inProcess<Seen[]>('films', [time, ...some.map(String)], settings)))
  })
  await Promise.all(work)
  return all.sort((one, other) => one.seed - other.seed)
}
