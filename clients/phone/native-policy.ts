/**
 * The policy of the iPhone app's page: as src/phone/policy.ts for the web app, with the service on another host. An app in the App Store
 * outlives a bucket and does not know its address: without `bucket`, pictures may come from any https host.
 */
export const policyOf = (service: string, bucket = 'https:') =>
  [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    `img-src 'self' blob: data: ${bucket}`,
    `media-src 'self' blob: ${bucket}`,
    // blob: for files that the page makes and shares (src/native/downloads.ts).
    `connect-src 'self' blob: ${service} ${bucket}`,
    "font-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ')

/** An address of the service or the bucket: https, or of this machine for a simulator. @throws what to write instead */
export function addressOf(name: string, given: string | undefined): string {
  const url = URL.parse(given ?? '')
  const isLocal = url?.protocol === 'http:' && ['localhost', '127.0.0.1'].includes(url.hostname)
  if (!url || !(url.protocol === 'https:' || isLocal) || url.search || url.hash)
    throw new Error(`${name} is ${given ? `"${given}"` : 'not set'}. Write ${name}=https://scout.example.com`)
  return url.href
}
