import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig, mergeConfig, type Plugin } from 'vite'
import { addressOf, policyOf } from './native-policy.ts'
import web from './vite.config.ts'

/** Builds the page of the iPhone app: its files are at `/`, and the service is on another host. `npm run ios:sync` runs it. */
export default defineConfig(() => {
  const { VITE_API, VITE_BUCKET } = process.env
  const service = addressOf('VITE_API', VITE_API)
  const bucket = VITE_BUCKET ? addressOf('VITE_BUCKET', VITE_BUCKET) : undefined
  return mergeConfig(web, {
    base: '/',
    publicDir: false,
    build: { outDir: 'dist/native', emptyOutDir: true },
    plugins: [nativePage(policyOf(service, bucket)), mark],
  })
})

const MARK = 'icons/icon.svg'
/** The logo, the one of the icons that a screen shows. */
const mark: Plugin = {
  name: 'mark',
  generateBundle() {
    const source = readFileSync(join(import.meta.dirname, 'public', MARK))
    this.emitFile({ type: 'asset', fileName: MARK, source })
  },
}

/** Uses the native entry, and puts the policy into the page, since no server sends it as a header. */
const nativePage = (content: string): Plugin => ({
  name: 'native-page',
  transformIndexHtml: {
    order: 'pre',
    handler: (html) => ({
      html: html
        .replace('/src/main.tsx', '/src/native/main.tsx')
        // Only a browser needs the manifest and the icons.
        .replaceAll(/ *<link rel="(manifest|icon|apple-touch-icon)".*\n/g, ''),
      tags: [
        {
          tag: 'meta',
          attrs: { 'http-equiv': 'Content-Security-Policy', content },
          injectTo: 'head-prepend',
        },
      ],
    }),
  },
})
