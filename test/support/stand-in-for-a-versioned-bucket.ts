import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { close, KEEP_ALIVE_IN_MILLISECONDS, listen, LOOPBACK } from '../../stack/net.ts'

type Version = { key: string; id: string; isMarker: boolean }

/** Amazon S3 deletes and lists at most this many per request. */
const MOST_AT_ONCE = 1_000

/**
 * A stand-in without storage: it lists and deletes objects as Amazon S3 does in a versioned bucket, strictly by its documentation (400
 * for everything else). It keeps no bytes, and checks that a signature exists, not that it is right. `POST
 * /control/fill?prefix=&count=` puts objects, `POST /control/hold?suffix=` protects the versions of such keys like an object lock, and
 * `POST /control/fail?after=` makes it answer 503 after that many deletions.
 */
export async function startVersionedBucket(accessKeyId: string) {
  const versions: Version[] = []
  let [held, deletions, ids] = ['\0', Infinity, 0]
  const add = (key: string, isMarker = false) => void versions.unshift({ key, id: `v${++ids}`, isMarker })
  /** The newest version of each key, unless it is a delete marker. */
  const current = () =>
    [...new Map(versions.toReversed().map((one) => [one.key, one])).values()].filter(
      ({ isMarker }) => !isMarker,
    )

  function remove(key: string, id: string | undefined) {
    if (id === undefined) return add(key, true)
    if (key.endsWith(held)) return error(key, 'AccessDenied')
    const index = versions.findIndex((one) => one.key === key && one.id === id)
    if (index >= 0) versions.splice(index, 1)
    return undefined
  }

  function control(path: string, query: URLSearchParams) {
    if (path === 'fill')
      for (let i = 0; i < Number(query.get('count')); i++) add(`${query.get('prefix')}${i}`)
    if (path === 'hold') held = query.get('suffix') || '\0'
    if (path === 'fail') deletions = Number(query.get('after') ?? Infinity)
    return answer(200, '')
  }

  function list(query: URLSearchParams) {
    const most = Number(query.get('max-keys') ?? MOST_AT_ONCE)
    if (!(most >= 1 && most <= MOST_AT_ONCE))
      return answer(400, '<Error><Code>InvalidArgument</Code></Error>')
    const isOfVersions = query.has('versions')
    const found = (isOfVersions ? versions : current()).filter(({ key }) =>
      key.startsWith(query.get('prefix') ?? ''),
    )
    const listed = found
      .slice(0, most)
      .map(({ key, id, isMarker }) =>
        isOfVersions
          ? element(
              isMarker ? 'DeleteMarker' : 'Version',
              `<Key>${escaped(key)}</Key><VersionId>${id}</VersionId>`,
            )
          : element('Contents', `<Key>${escaped(key)}</Key>`),
      )
    const rest = `<IsTruncated>${found.length > most}</IsTruncated>${listed.join('')}`
    return answer(200, element(isOfVersions ? 'ListVersionsResult' : 'ListBucketResult', rest))
  }

  function removeMany(body: Buffer, request: IncomingMessage) {
    const digest = createHash('md5').update(body).digest('base64')
    if (request.headers['content-md5'] !== digest) return answer(400, '<Error><Code>BadDigest</Code></Error>')
    const objects = Array.from(
      String(body).matchAll(/<Object><Key>([^<]+)<\/Key>(?:<VersionId>([^<]+)<\/VersionId>)?<\/Object>/g),
      ([, key, id]) => ({ key: key!, id }),
    )
    const isWhole =
      String(body).replaceAll(/<Object>.*?<\/Object>/g, '') === '<Delete><Quiet>true</Quiet></Delete>'
    if (!isWhole || objects.length === 0 || objects.length > MOST_AT_ONCE)
      return answer(400, '<Error><Code>MalformedXML</Code></Error>')
    if (deletions < objects.length) return answer(503, '<Error><Code>SlowDown</Code></Error>')
    deletions -= objects.length
    const faults = objects.map(({ key, id }) => remove(unescaped(key), id)).filter(Boolean)
    return answer(200, element('DeleteResult', faults.join('')))
  }

  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname, searchParams } = new URL(request.url!, 'http://host')
    const body = await buffer(request)
    const said = pathname.startsWith('/control/')
      ? control(pathname.slice('/control/'.length), searchParams)
      : asS3(request, pathname, searchParams, body)
    response.writeHead(said.status, { 'Content-Type': 'application/xml' }).end(said.body)
  })

  function asS3(request: IncomingMessage, path: string, query: URLSearchParams, body: Buffer) {
    const { authorization = '' } = request.headers
    if (!authorization.startsWith(`AWS4-HMAC-SHA256 Credential=${accessKeyId}/`))
      return answer(403, '<Error><Code>AccessDenied</Code></Error>')
    const [, , ...key] = path.split('/')
    if (request.method === 'PUT' && key.join('/') !== '') {
      add(decodeURIComponent(key.join('/')))
      return answer(200, '')
    }
    if (request.method === 'GET' && key.join('/') === '') return list(query)
    if (request.method === 'POST' && query.has('delete')) return removeMany(body, request)
    return answer(405, '<Error><Code>MethodNotAllowed</Code></Error>')
  }

  server.keepAliveTimeout = KEEP_ALIVE_IN_MILLISECONDS
  const port = await listen(server, 0)
  return { endpoint: `http://${LOOPBACK}:${port}`, stop: () => close(server) }
}

const answer = (status: number, body: string) => ({ status, body })
const element = (name: string, content: string) => `<${name}>${content}</${name}>`
const error = (key: string, code: string) =>
  element('Error', `<Key>${escaped(key)}</Key><Code>${code}</Code>`)
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
const unescaped = (text: string) => text.replaceAll('&lt;', '<').replaceAll('&amp;', '&')
