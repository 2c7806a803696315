import { createRequire } from 'node:module'
import { defineConfig, type Plugin, type ProxyOptions } from 'vite'

const SERVICE = process.env.SCOUT_URL ?? 'http://localhost:8787'
/** The service lets pages of its own origin alone keep a session, so what a page of this server asks for comes from there. */
const asOwnPage: ProxyOptions = {
  target: SERVICE,
  configure: (proxy) =>
    proxy.on('proxyReq', (asked, { headers }) => {
      if (headers.origin === `http://${headers.host}`)
        asked.setHeader('origin', process.env.PUBLIC_URL ?? SERVICE)
    }),
}
/** As this service names files that a browser may keep for ever. */
const HASHED = 'assets/[name]-[hash:16]'

/** barcode-detector works with the WebAssembly of its own zxing-wasm alone; the lock may have another of that name besides. */
const requireHere = createRequire(import.meta.url)
const WASM = 'zxing-wasm/reader/zxing_reader.wasm'
const itsWasm = createRequire(requireHere.resolve('barcode-detector/ponyfill')).resolve(WASM)

/**
 * The order of the layers, first in every stylesheet: they are several, and a page may have one of the kit before the one that says
 * that order.
 */
const LAYERS = '@layer tokens,base,kit,screens;'
const layersInOrder: Plugin = {
  name: 'layers-in-order',
  generateBundle(_, bundle) {
    for (const file of Object.values(bundle))
      if (file.type === 'asset' && file.fileName.endsWith('.css')) file.source = `${LAYERS}${file.source}`
  },
}

/** The page. `npm run dev -w clients/phone` serves it with what is edited at once, beside a running `npm run dev`. */
export default defineConfig({
  base: '/app/',
  resolve: { alias: { [WASM]: itsWasm } },
  plugins: [layersInOrder],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  server: { port: 5173, proxy: { '/v1': SERVICE, '/app/session': asOwnPage } },
  build: {
    // What the app is for is a phone's browser of the last years.
    target: 'es2022',
    modulePreload: { polyfill: false },
    // The policy lets nothing in that is written into the page.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        // What the first screen is made of is one script and one stylesheet: a phone far away waits for each.
        codeSplitting: { groups: [{ name: 'index', tags: ['$initial'] }] },
        hashCharacters: 'hex',
        entryFileNames: `${HASHED}.js`,
        chunkFileNames: `${HASHED}.js`,
        assetFileNames: `${HASHED}[extname]`,
      },
    },
  },
})
