import type { EventEmitter } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { IncomingMessage, RequestListener } from 'node:http'
import { close, KEEP_ALIVE_IN_MILLISECONDS, listen, LOOPBACK } from './net.ts'

const require = createRequire(import.meta.url)
const S3rver = require('@20minutes/s3rver') as new (options: object) => EventEmitter & {
  callback(): RequestListener
  configureBuckets(): Promise<unknown>
  logger: { close(): void }
}
const Account = require('@20minutes/s3rver/lib/models/account') as {
  new (id: number, name: string): { createKeyPair(accessKeyId: string, secretAccessKey: string): void }
  registry: Map<string, unknown>
}

export type StorageOptions = {
  folder: string
  /** 0 means any free port. */
  port: number
  /** The address to listen on; 127.0.0.1 by default. */
  host?: string | undefined
  bucket: string
  accessKeyId: string
  secretAccessKey: string
  /** Called for each object that was put or deleted, with Amazon S3's document. */
  onEvent?: ((document: object) => void) | undefined
  /** Prints a line per request. */
  isVerbose?: boolean
}

/**
 * Starts an S3 server that keeps one bucket in `folder` and verifies SigV4: signature, signed headers and expiry. Unlike the
 * plain library it refuses unsigned requests, as a private bucket does.
 */
export async function startStorage(options: StorageOptions) {
  const { folder, bucket, accessKeyId, secretAccessKey, onEvent, isVerbose = false } = options
  await mkdir(folder, { recursive: true })
  // The library has a built-in public account.
  Account.registry.clear()
  new Account(1, 'scout').createKeyPair(accessKeyId, secretAccessKey)

  const s3rver = new S3rver({
    directory: folder,
    silent: !isVerbose,
    vhostBuckets: false,
    configureBuckets: [{ name: bucket, configs: [CORS] }],
  })
  await s3rver.configureBuckets()
  if (onEvent) s3rver.on('event', onEvent)
  const handle = s3rver.callback()
  const server = createServer((request, response) => {
    if (isSigned(request)) return handle(request, response)
    request.resume()
    return response.writeHead(403, { 'content-type': 'application/xml' }).end(ACCESS_DENIED)
  })
  server.keepAliveTimeout = KEEP_ALIVE_IN_MILLISECONDS
  const port = await listen(server, options.port, options.host)

  return {
    endpoint: `http://${LOOPBACK}:${port}`,
    async stop() {
      await close(server)
      s3rver.logger.close()
    },
  }
}

/** The CORS rules of docs/clients.md, except for the origins: here any page may use a URL that it was given. */
const CORS = `<CORSConfiguration>
  <CORSRule>
    <AllowedOrigin>*</AllowedOrigin>
    <AllowedMethod>PUT</AllowedMethod>
    <AllowedMethod>GET</AllowedMethod>
    <AllowedHeader>content-type</AllowedHeader>
    <MaxAgeSeconds>3600</MaxAgeSeconds>
  </CORSRule>
</CORSConfiguration>`

const ACCESS_DENIED =
  '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>'

function isSigned({ url = '', headers }: IncomingMessage) {
  return (
    headers.authorization !== undefined || new URL(url, 'http://host').searchParams.has('X-Amz-Algorithm')
  )
}
