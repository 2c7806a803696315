import { existsSync } from 'node:fs'
import { chromium, type Page } from 'playwright-core'

const CANDIDATES = [
  process.env.CHROMIUM ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** Starts the machine's own Chromium, told to call nobody by itself. @throws where there is none: CHROMIUM names it */
export function startBrowser() {
  const executablePath = CANDIDATES.find((path) => path && existsSync(path))
  if (!executablePath) throw new Error('There is no Chromium: install it, or name its path in CHROMIUM.')
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync']
  return chromium.launch({
    executablePath,
    args: [...args, '--disable-background-networking', '--disable-component-update'],
  })
}

/** What a page did that a test wants to know of: the hosts it called, and what it complained about. */
export function watch(page: Page) {
  const hosts = new Set<string>()
  const complaints: string[] = []
  page.on('request', (request) => {
    const { protocol, host } = new URL(request.url())
    if (protocol !== 'data:' && protocol !== 'blob:') hosts.add(host)
  })
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  return { hosts, complaints }
}
