import { EventEmitter, once } from 'node:events'
import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'

/** The number of request ids that are remembered; the oldest is dropped first. */
const REMEMBERED_REQUESTS = 10_000

/** A statement, or a batch in one transaction; without parameters, which may be anybody's data. */
export type Recorded = { sql: string } | { queries: { sql: string }[] }

/**
 * A fault that replaces the normal handling of an SQL request: `delay` waits `milliseconds` before it executes and
 * `millisecondsAfter` before it answers; `hold` waits until the faults of the id are removed; `drop` neither executes nor
 * answers; `reset` breaks the connection before it executes; `status` answers `status` (503) without executing; `garbage`
 * answers 200 and no JSON; `stall` executes, sends half of the answer and stops; `drop-answer` executes, then breaks the
 * connection.
 */
export type Fault = {
  fault: (typeof FAULTS)[number]
  /** Only for requests with this id; for all if missing. */
  request?: string
  /** Only for this many requests; for all if missing. */
  times?: number
  milliseconds?: number
  millisecondsAfter?: number
  status?: number
}

const FAULTS = ['delay', 'hold', 'drop', 'reset', 'status', 'garbage', 'stall', 'drop-answer'] as const

/**
 * The control of the SQL endpoint for tests and measurements, on its own port. `GET /statements?request=<id>` returns what
 * came with that `X-Request-Id`, in order, as `Recorded[]`. `POST /faults` with a `Fault` arms it (several for one id happen
 * one after the other, an id's before those for all). `DELETE /faults?request=<id>` removes the faults of an id, `DELETE
 * /faults` all faults.
 */
export function createControl() {
  const statements = new Map<string, Recorded[]>()
  let faults: Fault[] = []
  const takenBack = new EventEmitter()

  return {
    record(id: string, recorded: Recorded) {
      const known = statements.get(id)
      if (known) known.push(recorded)
      else statements.set(id, [recorded])
      if (statements.size > REMEMBERED_REQUESTS) statements.delete(statements.keys().next().value ?? '')
    },

    /** The fault for this request, counted as used. */
    takeFault(id: string) {
      const fault =
        faults.find(({ request }) => request === id) ?? faults.find(({ request }) => request === undefined)
      if (fault?.times !== undefined && --fault.times <= 0) faults = faults.filter((other) => other !== fault)
      return fault
    },

    /** Resolves when the faults of this id, or all, are removed. */
    hold: (id: string) => once(takenBack, id),

    async answer(request: IncomingMessage, response: ServerResponse) {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://host')
      const id = searchParams.get('request')
      const route = `${request.method} ${pathname}`
      if (route === 'GET /statements') return sendJson(response, 200, statements.get(id ?? '') ?? [])
      if (route === 'DELETE /faults') {
        faults = id === null ? [] : faults.filter((fault) => fault.request !== id)
        for (const name of id === null ? takenBack.eventNames() : [id]) takenBack.emit(name)
        return sendJson(response, 200, faults)
      }
      if (route !== 'POST /faults') return sendJson(response, 404, { message: `There is no ${route} here.` })

      const fault = JSON.parse(await text(request)) as Fault
      if (!FAULTS.includes(fault.fault))
        return sendJson(response, 400, { message: `fault: one of ${FAULTS.join(', ')}` })
      faults.push(fault)
      return sendJson(response, 201, fault)
    },
  }
}

/** Runs a fault that comes before the execution; returns true if the request ends with it. */
export async function failBefore({ fault, milliseconds = 0, status = 503 }: Fault, response: ServerResponse) {
  if (fault === 'delay') await wait(milliseconds)
  if (fault === 'reset') response.destroy()
  if (fault === 'status') response.writeHead(status, { 'content-type': 'text/plain' }).end('made to fail')
  if (fault === 'garbage') response.writeHead(200, { 'content-type': 'application/json' }).end('<html>')
  return ['drop', 'reset', 'status', 'garbage'].includes(fault)
}

/** Runs a fault that comes after the execution; returns true if the answer must not be sent. */
export async function failAfter(
  { fault, millisecondsAfter = 0 }: Fault,
  response: ServerResponse,
  answer: string,
) {
  if (fault === 'delay') await wait(millisecondsAfter)
  if (fault === 'drop-answer') response.destroy()
  if (fault === 'stall') {
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(answer),
    })
    response.write(answer.slice(0, answer.length / 2))
  }
  return ['drop-answer', 'stall'].includes(fault)
}

export function sendJson(response: ServerResponse, status: number, body: unknown) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
