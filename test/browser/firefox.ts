import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const CANDIDATES = [
  process.env.FIREFOX ?? '',
  '/usr/bin/firefox-esr',
  '/usr/bin/firefox',
  '/Applications/Firefox.app/Contents/MacOS/firefox',
]

/** Lets a page subscribe over plain http with another push service than Mozilla's. Firefox shows the notifications itself. */
const preferences = (pushServer: string) => ({
  'dom.push.serverURL': pushServer,
  'dom.push.testing.allowInsecureServerURL': true,
  // It is off under automation.
  'dom.push.connection.enabled': true,
  'permissions.default.desktop-notification': 1,
  'alerts.useSystemBackend': false,
  'browser.shell.checkDefaultBrowser': false,
  'datareporting.policy.dataSubmissionEnabled': false,
})

/**
 * Starts the installed Firefox without a window, and drives it with WebDriver BiDi. `pushServer` is the WebSocket of a push
 * service. @throws if there is no Firefox; FIREFOX may name it
 */
export async function startFirefox(pushServer: string) {
  const executable = CANDIDATES.find((path) => path && existsSync(path))
  if (!executable) throw new Error('There is no Firefox: install it, or name its path in FIREFOX.')
  const profile = await mkdtemp(join(tmpdir(), 'scout-firefox-'))
  const lines = Object.entries(preferences(pushServer)).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
  )
  await writeFile(join(profile, 'user.js'), lines.join('\n'))
  const args = ['--headless', '--no-remote', '--remote-debugging-port=0', '--profile', profile]
  const child = spawn(executable, [...args, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, HOME: profile },
  })
  const { ask, close } = await connect(await addressIn(child))
  const { capabilities } = await ask('session.new', { capabilities: {} })
  const { contexts } = await ask('browsingContext.getTree', {})
  const [{ context }] = contexts

  return {
    version: String(capabilities.browserVersion),
    goTo: (url: string) => ask('browsingContext.navigate', { context, url, wait: 'complete' }),
    /** Evaluates an expression in the page, awaits a promise, and returns the result as JSON. */
    async evaluate<T>(expression: string): Promise<T> {
      const { result, exceptionDetails } = await ask('script.evaluate', {
        expression: `Promise.resolve(${expression}).then(JSON.stringify)`,
        target: { context },
        awaitPromise: true,
      })
      if (exceptionDetails) throw new Error(exceptionDetails.text)
      return JSON.parse(result.value)
    },
    async stop() {
      await ask('browser.close', {}).catch(() => {})
      close()
      if (child.exitCode === null) await Promise.race([once(child, 'exit'), killIn(child, 5_000)])
      await rm(profile, { recursive: true, force: true })
    },
  }
}

async function killIn(child: ChildProcess, milliseconds: number) {
  await new Promise((resolve) => setTimeout(resolve, milliseconds).unref())
  child.kill('SIGKILL')
}

/** Firefox prints the address it listens on to stderr. */
async function addressIn(child: ChildProcess) {
  let said = ''
  for await (const bytes of child.stderr!) {
    said += bytes
    const [, address] = /WebDriver BiDi listening on (ws:\S+)/.exec(said) ?? []
    if (!address) continue
    child.stderr!.resume()
    return address
  }
  throw new Error(`Firefox ended: ${said.slice(-500)}`)
}

type Answer = { id?: number; type: string; result?: any; error?: string; message?: string }

async function connect(address: string) {
  const socket = new WebSocket(`${address}/session`)
  await once(socket, 'open')
  const waiting = new Map<number, (answer: Answer) => void>()
  socket.addEventListener('message', ({ data }) => {
    const answer = JSON.parse(String(data)) as Answer
    waiting.get(answer.id ?? 0)?.(answer)
  })
  let last = 0
  async function ask(method: string, params: object): Promise<any> {
    const id = ++last
    const answered = new Promise<Answer>((resolve) => waiting.set(id, resolve))
    socket.send(JSON.stringify({ id, method, params }))
    const { type, result, error, message } = await answered
    if (type === 'error') throw new Error(`${method}: ${error}: ${message}`)
    return result
  }
  return { ask, close: () => socket.close() }
}
