import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { demo } from '../../clients/camera/src/frames/demo.ts'
import type { Act } from '../../clients/camera/src/frames/film.ts'
import { close, listen, LOOPBACK } from '../../stack/net.ts'

const FPS = 5
const SIZE = { fps: FPS, width: 1280, height: 720, start: 0, seed: 1 }
const PARKED: Act = { kind: 'parked', from: 0, to: 19 }
const ACTS: Record<string, Act[]> = {
  idle: [PARKED],
  busy: [
    PARKED,
    { kind: 'person', from: 1, to: 9, enter: -0.3, leave: 1.3 },
    { kind: 'cat', from: 10, to: 18, enter: 1.3, leave: -0.3 },
  ],
}

/** A camera of 720 lines over HTTP that repeats the same 20 seconds; `fast` is a busy scene, as fast as it is read. */
export async function startLens() {
  const films = new Map<string, Uint8Array[]>()
  for (const [name, acts] of Object.entries(ACTS)) {
    const frames = await Array.fromAsync(demo({ ...SIZE, acts })(new AbortController().signal))
    films.set(
      name,
      frames.map(({ jpeg }) => Buffer.concat([Buffer.from('--b\r\n\r\n'), jpeg])),
    )
  }
  films.set('fast', films.get('busy')!)
  const server = createServer(async ({ url = '' }, response) => {
    response.writeHead(200, { 'Content-Type': 'multipart/x-mixed-replace; boundary=b' })
    const name = url.slice(1)
    for (let number = 0; !response.destroyed; number++) {
      const film = films.get(name)!
      const isTaken = response.write(film[number % film.length]!)
      if (name !== 'fast') await wait(1000 / FPS)
      else if (!isTaken) await drained(response)
    }
  })
  const port = await listen(server, 0)
  return {
    url: (name: 'idle' | 'busy' | 'fast') => `http://${LOOPBACK}:${port}/${name}`,
    [Symbol.asyncDispose]: () => close(server),
  }
}

async function drained(response: ServerResponse) {
  const over = new AbortController()
  await Promise.race([once(response, 'drain', over), once(response, 'close', over)])
  over.abort()
}
