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

/** A page may subscribe, over plain http and with no service of Mozilla's; notifications are Firefox's own. */
const preferences = (pushServer: string) => ({
  'dom.push.serverURL': pushServer,
  'dom.push.testing.allowInsecureServerURL': true,
  // Who drives a browser finds it off.
  'dom.push.connection.enabled': true,
  'permissions.default.desktop-notification': 1,
  'alerts.useSystemBackend': false,
  'browser.shell.checkDefaultBrowser': false,
  'datareporting.policy.dataSubmissionEnabled': false,
})

/**
 * Starts the machine's own Firefox, without a window, and drives it by WebDriver BiDi. `pushServer` is the WebSocket of a push
 * service. @throws where there is none: FIREFOX names it
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
    /** What an expression of the page gives, as JSON; a promise is waited for. */
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

/** Firefox says on its stderr where it listens. */
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
