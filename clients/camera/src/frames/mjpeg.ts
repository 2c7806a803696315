import { jpegsIn } from './jpegs.ts'
import type { Source } from './source.ts'

/** Motion JPEG over HTTP: `http://user:password@192.168.1.20/video.mjpg`. */
export const mjpeg =
  (address: string): Source =>
  (stop) =>
    streamed(new URL(address), stop)

async function* streamed(url: URL, stop: AbortSignal) {
  const [user, password] = [url.username, url.password].map(decodeURIComponent)
  url.username = url.password = ''
  const headers: Record<string, string> = { Accept: 'multipart/x-mixed-replace, image/jpeg' }
  // `fetch` refuses a URL with a user or password.
  if (user || password)
    headers.Authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  const response = await fetch(url, { headers, signal: stop }).catch((error: Error) => {
    const { code = error.message } = (error.cause ?? {}) as { code?: string }
    throw new Error(`${url.host} cannot be reached (${code}).`)
  })
  if (response.status === 401) throw new Error(`${url.host} needs a user and a password, or different ones.`)
  if (!response.ok || !response.body) throw new Error(`${url.host} answered ${response.status}.`)
  for await (const jpeg of jpegsIn(response.body)) yield { at: Date.now(), jpeg }
}
