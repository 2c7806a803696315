// npm run bench [-- --rounds 30 --seconds 0.3]: the cost of each route on this machine, beside the least that it could cost.
import { measure, percentile, type Round, type Variant } from './kit/load.ts'
import { measureRoundTrips } from './kit/round-trips.ts'
import { startDatabase } from './kit/stack.ts'
import { recordStatements } from './kit/statements.ts'
import { number, printTable } from './kit/table.ts'
import { type Call, headersOf, makeWorld, tokensLike, type World } from './kit/world.ts'
import { buildWorker } from '../stack/bundle.ts'
import { optionsOf } from '../stack/options.ts'
import { type Service, startWorkerd } from '../stack/workerd.ts'

const { values: options } = optionsOf('usage: npm run bench -- [--rounds 30] [--seconds 0.3]', {
  options: { rounds: { type: 'string', default: '30' }, seconds: { type: 'string', default: '0.3' } },
})
const [rounds, seconds] = [Number(options.rounds), Number(options.seconds)]
/** At most: for a single round, one start is enough. */
const STARTS = Math.min(7, rounds)
/** As many as a busy isolate may see. */
const TOKENS = 2_000
/** A password keeps a processor busy, so more connections would only wait for each other. */
const LOGINS = { connections: 2 }

const built = await buildWorker('bundle')
const builtFloor = await buildWorker('floor', 'bench/kit/floor.ts')
const builtSql = await buildWorker('bare-sql', 'bench/kit/bare-sql.ts')

await using database = await startDatabase()
const { bindings } = database
const scout = { script: built.script, bindings }
const floor = { script: builtFloor.script, bindings }

const startUp = await measureStartUp()
const world = await makeWorldOf(scout)
const { list, retrieve, create } = world
const STATEMENTS = await recordStatements(scout, { list, retrieve, create })
const bareSql = { script: builtSql.script, bindings: { ...bindings, STATEMENTS } }
await measureLoad({ scout, floor, bareSql }, world)
printTable(
  ['', 'KiB gzipped', 'start-up ms'],
  [
    ['the Worker', number(built.kibGzipped, 1), number(startUp.scout)],
    ['a bare Hono', number(builtFloor.kibGzipped, 1), number(startUp.floor)],
  ],
)
await measureRoundTrips(scout, world, database, Math.min(5, rounds))

async function makeWorldOf(service: Service) {
  await using server = await startWorkerd({ service })
  return await makeWorld(server.url('service'))
}

/** From the start of workerd to its first answer: the median of a few, in milliseconds. */
async function measureStartUp() {
  const times = { scout: [] as number[], floor: [] as number[] }
  for (let start = 0; start < STARTS; start++) {
    for (const [name, service, path] of [
      ['scout', scout, '/healthz'],
      ['floor', floor, '/hello'],
    ] as const) {
      const from = performance.now()
      await using server = await startWorkerd({ service })
      await fetch(server.url('service') + path)
      times[name].push(performance.now() - from)
    }
  }
  return { scout: percentile(times.scout, 0.5), floor: percentile(times.floor, 0.5) }
}

/** Prints the throughput of every route, as a share of its floor, and which goals are met. */
async function measureLoad(services: { scout: Service; floor: Service; bareSql: Service }, world: World) {
  const { healthz, presign, list, retrieve, create, refresh, login } = world
  const tokens = tokensLike(world.token, bindings.JWT_SECRET, TOKENS)
  let sent = 0
  const nextToken = () => tokens[sent++ % TOKENS]!
  await using server = await startWorkerd(services)
  const on =
    (service: keyof typeof services) =>
    (name: string, call: Call, how = {}) =>
      ({
        ...call,
        name,
        url: server.url(service) + call.path,
        headers: headersOf(call),
        ...how,
      }) as Variant
  const [route, bare, bareSql] = [on('scout'), on('floor'), on('bareSql')]

  const results = await measure(
    [
      bare('bare Hono, GET', { ...healthz, path: '/hello' }),
      route('/healthz', healthz),
      bare('bare Hono, POST', { ...presign, path: '/hello' }),
      bare('… and a verify', { ...presign, path: '/verify' }),
      bare('… and a sign', { ...presign, path: '/sign' }),
      bare('… and a log line and headers', { ...presign, path: '/logged' }),
      route('presign', presign),
      route('presign, new tokens', presign, { nextToken }),
      bareSql('bare SQL of list', { ...list, path: '/list' }),
      route('list cameras', list),
      bareSql('bare SQL of retrieve', { ...retrieve, path: '/retrieve' }),
      route('retrieve camera', retrieve),
      bareSql('bare SQL of create', { ...create, path: '/create' }),
      route('create rule', create),
      route('refresh', refresh),
      bare('bare PBKDF2', { ...login, path: '/pbkdf2' }, LOGINS),
      route('login', login, LOGINS),
    ],
    { rounds, seconds },
    server.cpuInSeconds,
  )
  const statements = await statementsOf(`${server.url('scout')}${refresh.path}`, refresh)

  const floors: Record<string, string> = {
    '/healthz': 'bare Hono, GET',
    'list cameras': 'bare SQL of list',
    'retrieve camera': 'bare SQL of retrieve',
    'create rule': 'bare SQL of create',
    login: 'bare PBKDF2',
  }
  const of = (name: string, what: keyof Round) => results.get(name)!.rounds.map((round) => round[what])
  const median = (values: number[]) => percentile(values, 0.5)
  /** The speed of the machine changes from round to round, so each round is compared with itself. */
  const ratio = (values: number[], least: number[]) =>
    median(values.map((value, round) => value / least[round]!))

  const rows = Array.from(results, ([name, { p50, p99 }]) => {
    const [perSecond, cpu] = [of(name, 'perSecond'), of(name, 'cpuInUs')]
    const floor = floors[name]
    const ratios = floor ? [ratio(perSecond, of(floor, 'perSecond')), ratio(cpu, of(floor, 'cpuInUs'))] : []
    return [
      name,
      number(median(perSecond)),
      number(p50, 1),
      number(p99, 1),
      number(median(cpu)),
      ...ratios.map((ratio) => number(ratio, 2)),
    ]
  })
  printTable(['', 'requests/s', 'p50 ms', 'p99 ms', 'CPU µs', 'of floor /s', 'of floor CPU'], rows)

  const cpu = (name: string) => of(name, 'cpuInUs')
  const [verify, sign] = [cpu('… and a verify'), cpu('… and a sign')]
  const sum = cpu('bare Hono, POST').map((hello, round) => verify[round]! + sign[round]! - hello)
  const goals = [
    goal('presign: CPU of POST hello + verify + sign', ratio(cpu('presign'), sum), { atMost: 1.15 }),
    goal('presign, new tokens: the same', ratio(cpu('presign, new tokens'), sum), { atMost: 1.15 }),
    ...['list cameras', 'retrieve camera', 'create rule'].flatMap((name) => {
      const floor = floors[name]!
      const rate = ratio(of(name, 'perSecond'), of(floor, 'perSecond'))
      return [
        goal(`${name}: requests/s of the bare SQL`, rate, { atLeast: 0.8 }),
        goal(`${name}: bare SQL's CPU of its own`, ratio(cpu(floor), cpu(name)), { atLeast: 0.8 }),
      ]
    }),
    goal('login: CPU of its PBKDF2', ratio(cpu('login'), cpu('bare PBKDF2')), { atMost: 1.1 }),
    goal('refresh: statements', statements, { atMost: 1 }),
  ]
  printTable(['goal', 'is', 'should be', ''], goals)
}

function goal(name: string, value: number, { atMost = Infinity, atLeast = -Infinity }) {
  const bound = atMost === Infinity ? `≥ ${atLeast}` : `≤ ${atMost}`
  return [name, number(value, 2), bound, value <= atMost && value >= atLeast ? 'met' : 'missed']
}

/** The number of statements that an answer took. */
async function statementsOf(url: string, { method = 'GET', ...call }: Call) {
  const response = await fetch(url, {
    method,
    headers: headersOf(call),
    body: JSON.stringify(call.body),
  })
  return Number(/desc="(\d+)"/.exec(response.headers.get('Server-Timing') ?? '')?.[1])
}
