import * as z from 'zod/mini'

/** A created object in the bucket: one shape for the formats of all storages. */
export type ObjectCreated = { bucket: string; key: string; etag: string; at: string | null }

/** The created objects in a body, and the number of other events. */
export type Word = { created: ObjectCreated[]; ignored: number }

const name = z.string().check(z.maxLength(1024))
/** An ETag, with or without quotes. */
const tag = z.pipe(z.string().check(z.regex(/^[!-~]{1,128}$/)), z.transform(bareTag))
/** Its time, if it is readable and Postgres can store it. */
const time = z.catch(
  z.nullable(
    z.pipe(
      z.iso.datetime({ offset: true }),
      z.transform((text) => (Date.parse(text) > 0 ? new Date(text).toISOString() : null)),
    ),
  ),
  null,
)

/** The notification of Amazon S3, which MinIO and Garage send too. Keys are escaped as in a form. */
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

/** The envelope of Amazon EventBridge. */
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

/** A queue message of Cloudflare R2. */
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

/** Reads an event of a bucket in any of the formats. Deletions, tests and empty events are ignored. */
export function readWord(body: unknown): Word {
  const records = (body as { Records?: unknown } | null)?.Records
  const said = Array.isArray(records)
    ? records.map((one) => z.safeParse(record, one).data)
    : [z.safeParse(envelope, body).data ?? z.safeParse(message, body).data]
  const created = said.filter((one) => one !== undefined && one !== null)
  return { created, ignored: said.length - created.length }
}

/** An ETag without its quotes, which some storages omit. */
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
