import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

const APP = join(import.meta.dirname, '../../dist/assets')
const TYPES: Record<string, string> = { js: 'text/javascript', css: 'text/css', html: 'text/html' }

/** Serves the built app without the API and without its policy, which would block a test's bucket. */
export async function startBuiltSite() {
  const control = {
    /** What the worker's script ends with; another text is another version. */
    workerEnds: '',
    /** Whether a request for a screen gets no answer. */
    isSilent: false,
    /** The paths that got none. */
    waiting: [] as string[],
  }
  const server = createServer(async ({ url = '/' }, response) => {
    const isFile = url.startsWith('/app/') && /\.\w+$/.test(url)
    if (control.isSilent && !isFile) return control.waiting.push(url)
    const name = isFile ? url : '/app/index.html'
    const content = await readFile(join(APP, name)).catch(() => null)
    response.writeHead(content ? 200 : 404, { 'content-type': TYPES[name.split('.').at(-1)!] ?? '' })
    return response.end(content && name === '/app/sw.js' ? content + control.workerEnds : content)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    control,
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
