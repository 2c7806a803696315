import { type Environment, settingsIfGood } from '../settings.ts'
import { urlOf } from '../storage/presign.ts'

/**
 * The policy for the page and its service worker: they may run our files, call this service, and show objects of the bucket.
 * If the storage settings are wrong, the page still loads, without pictures.
 */
export function headersOf(env: Environment) {
  const storage = settingsIfGood(env, 'storage')
  const bucket = storage ? ` ${urlOf('', storage)}` : ''
  return Object.entries({
    'Content-Security-Policy': [
      "default-src 'none'",
      "script-src 'self' 'wasm-unsafe-eval'",
      "style-src 'self'",
      `img-src 'self' blob: data:${bucket}`,
      `media-src 'self' blob:${bucket}`,
      `connect-src 'self'${bucket}`,
      "font-src 'self'",
      "manifest-src 'self'",
      "worker-src 'self'",
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      'trusted-types scout',
    ].join('; '),
    'Permissions-Policy': 'camera=(self)',
    'Cross-Origin-Opener-Policy': 'same-origin',
  })
}
