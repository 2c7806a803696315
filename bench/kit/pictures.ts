import { randomBytes } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT } from '../../stack/dev-vars.ts'
import { endOnStop } from '../../stack/stopping.ts'
import { startStorage } from '../../stack/storage.ts'
import { type ContractJudgeOptions, startContractJudge } from '../../stack/contract-judge/server.ts'
import { newEmail, PASSWORD, send } from './world.ts'

const PHOTO = await readFile(join(ROOT, 'scripts/photos/cat.jpg'))

type Storage = { S3_BUCKET: string; AWS_ACCESS_KEY_ID: string; AWS_SECRET_ACCESS_KEY: string }

/**
 * A bucket in its own folder, which sends its events, and a judge that answers at once with `answer`; `bindings` connect a
 * Worker to both. Ends at the end of `await using`.
 */
export async function startBucketAndJudge(
  storage: Storage,
  onWord: (document: object) => void,
  answer: ContractJudgeOptions['answer'],
) {
  const stop = endOnStop(async () => {
    await Promise.all([bucket.stop(), judge.stop()])
    await rm(folder, { recursive: true, force: true })
  })
  const folder = mkdtempSync(join(tmpdir(), 'scout-bucket-'))
  const JUDGE_API_KEY = randomBytes(32).toString('hex')
  const bucket = await startStorage({
    folder,
    port: 0,
    bucket: storage.S3_BUCKET,
    accessKeyId: storage.AWS_ACCESS_KEY_ID,
    secretAccessKey: storage.AWS_SECRET_ACCESS_KEY,
    onEvent: onWord,
  })
  const judge = await startContractJudge({ apiKey: JUDGE_API_KEY, ...(answer && { answer }) })
  return {
    bindings: {
      S3_ENDPOINT: bucket.endpoint,
      STORAGE_SECRET: randomBytes(32).toString('hex'),
      JUDGE_URL: judge.url,
      JUDGE_MODEL: 'contract',
      JUDGE_API_KEY,
    },
    [Symbol.asyncDispose]: stop,
  }
}

export type Owner = { email: string; token: string; camera: string }

/** An account with one camera and rules, each with a cool-down in seconds. */
export async function makeOwner(
  origin: string,
  rules: { rule: string; nickname: string; cooldown: number }[],
): Promise<Owner> {
  const account = { email: newEmail(), password: PASSWORD }
  const post = <T>(path: string, body: object, token?: string) =>
    send<T>(origin, { method: 'POST', path, body, ...(token && { token }) })
  const { access: token } = await post<{ access: string }>('/v1/auth/register/', account)
  const { public_camera_id: camera } = await post<{ public_camera_id: string }>(
    '/v1/cameras/',
    { location: 'Front Door' },
    token,
  )
  for (const { rule, nickname, cooldown } of rules)
    await post(
      `/v1/cameras/${camera}/rules/`,
      { rule, rule_nickname: nickname, cooldown_in_seconds: cooldown },
      token,
    )
  return { email: account.email, token, camera }
}

/** A URL for the upload of a picture, and its key. */
export const presign = (origin: string, { token }: Owner) =>
  send<{ url: string; key: string }>(origin, {
    method: 'POST',
    path: '/v1/uploads/presign',
    body: { 'content-type': 'image/jpeg' },
    token,
  })

/** A photograph with `more` bytes after its end, which identify it. */
export const photo = (more = 0) => Buffer.concat([PHOTO, Buffer.alloc(more)])
/** The number of bytes after the photograph, by the length of all. */
export const numberOf = (bytes: number) => bytes - PHOTO.length

/** Puts a picture to its presigned URL. @throws if the bucket refuses it */
export async function put(url: string, body: Buffer) {
  const headers = { 'Content-Type': 'image/jpeg' }
  const response = await fetch(url, { method: 'PUT', headers, body: new Uint8Array(body) })
  await response.body?.cancel()
  if (!response.ok) throw new Error(`PUT: ${response.status}`)
}
