import * as z from 'zod/mini'

/** That an object is in the bucket: the one shape of what storages say in dialects of their own. */
export type ObjectCreated = { bucket: string; key: string; etag: string; at: string | null }

/** What a body says: objects that were created, and how many words were of something else. */
export type Word = { created: ObjectCreated[]; ignored: number }

const name = z.string().check(z.maxLength(1024))
/** An entity tag, with quotes or without. */
const tag = z.pipe(z.string().check(z.regex(/^[!-~]{1,128}$/)), z.transform(bareTag))
/** When it was, where that can be read, and Postgres has a name for it. */
const time = z.catch(
  z.nullable(
    z.pipe(
      z.iso.datetime({ offset: true }),
      z.transform((text) => (Date.parse(text) > 0 ? new Date(text).toISOString() : null)),
    ),
  ),
  null,
)

/** Amazon S3's notification, which MinIO and Garage send too. Keys are escaped as in a form. */
const record = z.pipe(
  z.object({
    eventName: z.string().check(z.regex(/^(s3:)?ObjectCreated:/)),
    eventTime: time,
    s3: z.object({ bucket: z.object({ name }), object: z.object({ key: name, eTag: tag }) }),
  }),
  z.transform(({ eventTime, s3: { bucket, object } }): ObjectCreated | null => {
    const key = unescaped(object.key)
    return key === null ? null : { bucket: bucket.name, key, etag: object.eTag, at: eventTime }
  }),
)

/** Amazon EventBridge's envelope. */
const envelope = z.pipe(
  z.object({
    source: z.literal('aws.s3'),
    'detail-type': z.literal('Object Created'),
    time,
    detail: z.object({ bucket: z.object({ name }), object: z.object({ key: name, etag: tag }) }),
  }),
  z.transform(({ time, detail: { bucket, object } }): ObjectCreated => ({
    bucket: bucket.name,
    key: object.key,
    etag: object.etag,
    at: time,
  })),
)

/** A message that Cloudflare R2 puts into a queue. */
const message = z.pipe(
  z.object({
    action: z.enum(['PutObject', 'CopyObject', 'CompleteMultipartUpload']),
    bucket: name,
    object: z.object({ key: name, eTag: tag }),
    eventTime: time,
  }),
  z.transform(({ bucket, object, eventTime }): ObjectCreated => ({
    bucket,
    key: object.key,
    etag: object.eTag,
    at: eventTime,
  })),
)

/** Reads what a bucket says, in whichever dialect. Words of what was deleted, of tests and of nothing are ignored. */
export function readWord(body: unknown): Word {
  const records = (body as { Records?: unknown } | null)?.Records
  const said = Array.isArray(records)
    ? records.map((one) => z.safeParse(record, one).data)
    : [z.safeParse(envelope, body).data ?? z.safeParse(message, body).data]
  const created = said.filter((one) => one !== undefined && one !== null)
  return { created, ignored: said.length - created.length }
}

/** An entity tag without its quotes, which some leave out. */
export function bareTag(etag: string) {
  return etag.replace(/^W\/|"/g, '')
}

function unescaped(key: string) {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '))
  } catch {
    return null
  }
}
