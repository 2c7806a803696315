import { createServer, type IncomingMessage } from 'node:http'
import { onTestFinished } from 'vitest'
import { listen } from '../../stack/net.ts'

/** A service with scripted answers by method and path; it records its requests. */
export async function aService(answer: (asked: string, count: number) => number) {
  const asked: { what: string; body: string; bytes: Buffer }[] = []
  const server = createServer(async (request: IncomingMessage, response) => {
    const bytes = Buffer.concat(await Array.fromAsync(request))
    const what = `${request.method} ${request.url!.split('?')[0]}`
    const count = asked.filter((one) => one.what === what).length
    asked.push({ what, body: String(bytes), bytes })
    const status = answer(what, count)
    response.writeHead(status, { 'Content-Type': 'application/json' })
    const answers: Record<string, object> = {
      'POST /v1/cameras/auth/token/': { access: 'a', expires_in: 900 },
      'POST /v1/cameras/presigned_upload_url/': {
        url: `${url}/put/${count}`,
        key: `key-${count}`,
        expires_in: 300,
      },
      'POST /v1/cameras/pair/': { device_token: `scd_${count}`, public_camera_id: 'id', location: 'Door' },
    }
    response.end(JSON.stringify(status < 300 ? (answers[what] ?? {}) : { detail: `no ${status}` }))
  })
  const url = `http://127.0.0.1:${await listen(server, 0)}`
  onTestFinished(() => void (server.close(), server.closeAllConnections()))
  const of = (what: string) => asked.filter((one) => one.what.startsWith(what))
  return { url, of }
}
