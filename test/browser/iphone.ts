import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { inject } from 'vitest'
import { ROOT } from '../../stack/dev-vars.ts'

const PHONE = join(ROOT, 'clients/phone')
const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
}

/** Builds the page of the iPhone app for this service and serves it like Capacitor: from another origin, without headers. */
export async function startNativePage() {
  const outDir = await mkdtemp(join(tmpdir(), 'scout-native-'))
  Object.assign(process.env, {
    NODE_ENV: 'production',
    VITE_API: inject('url'),
    VITE_BUCKET: inject('storage').S3_ENDPOINT,
  })
  const { build } = await import('vite')
  const configFile = join(PHONE, 'vite.native.config.ts')
  await build({ root: PHONE, configFile, logLevel: 'warn', build: { outDir } })
  const server = createServer(async ({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://localhost')
    const file = extname(pathname) ? pathname : '/index.html'
    const content = await readFile(join(outDir, file)).catch(() => null)
    response.writeHead(content ? 200 : 404, { 'content-type': TYPES[extname(file)] ?? '' }).end(content)
  })
  const origin = inject('otherOrigin')
  await new Promise<void>((resolve) => server.listen(Number(new URL(origin).port), 'localhost', resolve))
  return {
    origin,
    async stop() {
      server.close()
      await rm(outDir, { recursive: true })
    },
  }
}

type Call = { plugin: string; method: string; options: Record<string, unknown> }

/**
 * Replaces iOS and Capacitor's Swift for a page in Chromium: the Keychain, which outlives the app, and the push service. It answers like
 * the plugins' Swift; the plugins' scripts are real.
 */
export async function anIPhone(context: BrowserContext) {
  const keychain = new Map<string, { data: string; access: number }>()
  const phone = {
    keychain,
    installation: crypto.randomUUID(),
    permission: 'prompt',
    allows: true,
    token: 'AB'.repeat(32),
    calls: [] as string[],
    emit: (page: Page, event: string, data: object) =>
      page.evaluate(([event, data]) => (globalThis as unknown as Bridge).emit(event, data), [
        event,
        data,
      ] as const),
  }
  const natives: Record<string, (options: Record<string, unknown>, page: Page) => unknown> = {
    'SecureStorage.internalGetItem': ({ prefixedKey }) => ({
      data: keychain.get(String(prefixedKey))?.data ?? null,
    }),
    'SecureStorage.internalSetItem': ({ prefixedKey, data, access }) =>
      void keychain.set(String(prefixedKey), { data: String(data), access: Number(access) }),
    'SecureStorage.internalRemoveItem': ({ prefixedKey }) => ({
      success: keychain.delete(String(prefixedKey)),
    }),
    'SecureStorage.internalClearItemsWithPrefix': ({ prefix }) => {
      for (const key of keychain.keys()) if (key.startsWith(String(prefix))) keychain.delete(key)
    },
    'App.getInfo': () => ({ name: 'Scout', id: 'com.example.scout', build: '1', version: '1.0.0' }),
    'PushNotifications.checkPermissions': () => ({ receive: phone.permission }),
    'PushNotifications.requestPermissions': () => {
      phone.permission = phone.allows ? 'granted' : 'denied'
      return { receive: phone.permission }
    },
    'PushNotifications.register': (_, page) =>
      void phone.emit(page, 'PushNotifications.registration', { value: phone.token }),
    'PushNotifications.unregister': () => {},
    'PushNotifications.removeAllDeliveredNotifications': () => {},
  }
  await context.exposeBinding('native', async ({ page }, { plugin, method, options }: Call) => {
    phone.calls.push(`${plugin}.${method}`)
    const answer = natives[`${plugin}.${method}`]
    if (!answer) throw new Error(`${plugin}.${method} is not implemented on ios`)
    return answer(options, page)
  })
  const methods = Object.keys(natives).map((name) => name.split('.'))
  await context.addInitScript(bridge, [methods, phone.installation] as const)
  return phone
}

type Bridge = { emit: (event: string, data: object) => void; native: (call: Call) => Promise<unknown> }

/** Runs in the page before its scripts, and defines what Capacitor's Swift defines. */
function bridge([methods, installation]: readonly [string[][], string]) {
  const page = globalThis as unknown as Bridge & Record<string, unknown>
  const listeners: { event: string; callback: (data: unknown) => void }[] = []
  page.emit = (event, data) => {
    for (const one of listeners) if (one.event === event) one.callback(data)
  }
  page.scout = { environment: 'sandbox', installation }
  page.webkit = { messageHandlers: { bridge: {} } }
  const names = [...new Set(methods.map(([plugin]) => plugin!))]
  page.Capacitor = {
    PluginHeaders: names.map((name) => ({
      name,
      methods: [
        { name: 'addListener' },
        { name: 'removeListener' },
        ...methods
          .filter(([plugin]) => plugin === name)
          .map(([, method]) => ({ name: method, rtype: 'promise' })),
      ],
    })),
    nativePromise: (plugin: string, method: string, options: Call['options']) =>
      page.native({ plugin, method, options: options ?? {} }),
    nativeCallback(plugin: string, method: string, options: { eventName: string }, callback: () => void) {
      if (method === 'addListener') listeners.push({ event: `${plugin}.${options.eventName}`, callback })
      return `${plugin}.${options.eventName}`
    },
  }
}
