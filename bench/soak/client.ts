import { randomUUID } from 'node:crypto'
import { type Call, headersOf, newEmail, PASSWORD, send } from '../kit/world.ts'
import type { createLedger, Entry } from './ledger.ts'

/** What all clients saw. */
export type Tally = {
  answers: Map<string, number>
  unexpected: string[]
  slowestInMs: number
}
type Ledger = ReturnType<typeof createLedger>
type Row = { entry: Entry; path: string; field: 'location' | 'rule'; version: number; hasRules: boolean }

const PATIENCE_IN_MS = 10_000
/** The most rows of one client, so that its lists stay short. */
const MOST_ROWS = 40

const REGISTER = '/v1/auth/register/'

/** Creates an account, before any fault. */
export async function signUp(origin: string, ledger: Ledger) {
  const account = { email: newEmail(), password: PASSWORD }
  const call: Call = { method: 'POST', path: REGISTER, body: account }
  const tokens = await send<{ access: string; refresh: string }>(origin, call)
  ledger.open('users', account.email).writes.push({ to: account.email, isAcknowledged: true })
  return { ...tokens, account }
}

/**
 * One person who uses the whole API, one request after the other, until `isOver`. Nobody else has their rows, so each answer
 * is known in advance, except for 503.
 */
export async function runClient(
  origin: string,
  { access: token, refresh, account }: Awaited<ReturnType<typeof signUp>>,
  ledger: Ledger,
  tally: Tally,
  isOver: () => boolean,
) {
  const rows: Row[] = []

  const acts: [share: number, act: () => Promise<unknown>][] = [
    [20, () => (rows.length < MOST_ROWS ? addCamera() : remove())],
    [20, () => (rows.length < MOST_ROWS ? addRule() : remove())],
    [20, change],
    [10, remove],
    [10, () => read({ path: '/v1/cameras/', token })],
    [
      10,
      () => read({ method: 'POST', path: '/v1/uploads/presign', body: {}, token }, { needsDatabase: false }),
    ],
    [8, () => read({ method: 'POST', path: '/v1/auth/token/refresh/', body: { refresh } })],
    [1, () => read({ method: 'POST', path: '/v1/auth/token/', body: account })],
    [1, register],
  ]
  const deck = acts.flatMap(([share, act]) => Array.from({ length: share }, () => act))
  while (!isOver()) await deck[Math.floor(Math.random() * deck.length)]!()

  async function addCamera() {
    const entry = ledger.open('cameras', `soak-${randomUUID()}`)
    const location = `${entry.key} 1`
    const call: Call = { method: 'POST', path: '/v1/cameras/', body: { location }, token }
    const camera = await write(entry, location, call, 201)
    if (camera)
      rows.push({
        entry,
        path: `/v1/cameras/${camera.public_camera_id}/`,
        field: 'location',
        version: 1,
        hasRules: false,
      })
  }

  async function addRule() {
    const camera = pick(({ field }) => field === 'location')
    if (!camera) return addCamera()
    camera.hasRules = true
    const entry = ledger.open('rules', `soak-${randomUUID()}`)
    const rule = `${entry.key} 1`
    const call: Call = {
      method: 'POST',
      path: `${camera.path}rules/`,
      body: { rule, rule_nickname: 'soak' },
      token,
    }
    const created = await write(entry, rule, call, 201)
    if (created)
      rows.push({
        entry,
        path: `${camera.path}rules/${created.public_rule_id}/`,
        field: 'rule',
        version: 1,
        hasRules: false,
      })
  }

  async function change() {
    const row = pick(() => true)
    if (!row) return
    const text = `${row.entry.key} ${++row.version}`
    const call: Call = { method: 'PATCH', path: row.path, body: { [row.field]: text }, token }
    if (!(await write(row.entry, text, call, 200))) forget(row)
  }

  async function remove() {
    // A deleted camera takes its rules along, which their ledger would not know.
    const row = pick(({ hasRules }) => !hasRules)
    if (!row) return
    forget(row)
    await write(row.entry, null, { method: 'DELETE', path: row.path, token }, 204)
  }

  async function register() {
    const email = newEmail()
    await write(
      ledger.open('users', email),
      email,
      { method: 'POST', path: REGISTER, body: { email, password: PASSWORD } },
      201,
    )
  }

  function pick(isFit: (row: Row) => boolean) {
    const fit = rows.filter(isFit)
    return fit[Math.floor(Math.random() * fit.length)]
  }
  function forget(row: Row) {
    rows.splice(rows.indexOf(row), 1)
  }

  /** Sends a write and records it; returns its JSON if it was acknowledged. */
  async function write(entry: Entry, to: string | null, call: Call, status: number) {
    const put = { to, isAcknowledged: false }
    entry.writes.push(put)
    const answer = await ask(call, [status, 503])
    put.isAcknowledged = answer.status === status
    return put.isAcknowledged ? (answer.body as Record<string, string>) : null
  }

  function read(call: Call, { needsDatabase = true } = {}) {
    return ask(call, needsDatabase ? [200, 503] : [200])
  }

  async function ask(call: Call, expected: number[]) {
    const sentAt = performance.now()
    const method = call.method ?? 'GET'
    try {
      const response = await fetch(origin + call.path, {
        method,
        headers: headersOf(call),
        ...(call.body && { body: JSON.stringify(call.body) }),
        signal: AbortSignal.timeout(PATIENCE_IN_MS),
      })
      const text = await response.text()
      const { status } = response
      const isRefusedWell = status !== 503 || response.headers.has('Retry-After')
      if (!expected.includes(status) || !isRefusedWell)
        tally.unexpected.push(`${method} ${call.path}: ${status}`)
      count(String(status))
      return { status, body: text === '' ? {} : JSON.parse(text) }
    } catch (error) {
      tally.unexpected.push(`${method} ${call.path}: ${(error as Error).name}`)
      count('no answer')
      return { status: 0, body: {} }
    } finally {
      tally.slowestInMs = Math.max(tally.slowestInMs, performance.now() - sentAt)
    }
  }

  function count(key: string) {
    tally.answers.set(key, (tally.answers.get(key) ?? 0) + 1)
  }
}
