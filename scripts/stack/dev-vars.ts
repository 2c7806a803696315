import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { freePort, LOOPBACK } from './net.ts'

export const ROOT = join(import.meta.dirname, '../..')

const FILE = join(ROOT, '.dev.vars')

export type DevVars = Record<string, string | undefined>

/** What `.dev.vars` holds, or undefined where there is none. */
export async function readDevVars(): Promise<DevVars | undefined> {
  const text = await readFile(FILE, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw new Error(`.dev.vars can't be read: ${error.message}.`, { cause: error })
  })
  return text === undefined ? undefined : parseEnv(text)
}

/** Writes `.dev.vars` with random secrets and free ports, unless there is one, which is never touched. */
export async function ensureDevVars() {
  const secret = () => randomBytes(32).toString('hex')
  const origin = async () => `${LOOPBACK}:${await freePort()}`
  const lines = [
    '# Written by `npm run dev` on its first run, and never by it again. .dev.vars.example explains each line.',
    `DATABASE_URL=postgres://scout:${secret()}@${await origin()}/scout`,
    `SQL_ENDPOINT=http://${await origin()}/sql`,
    `JWT_SECRET=${secret()}`,
    `AWS_ACCESS_KEY_ID=${secret().slice(0, 20)}`,
    `AWS_SECRET_ACCESS_KEY=${secret()}`,
    'S3_BUCKET=scout-uploads',
    'S3_REGION=us-east-1',
    `S3_ENDPOINT=http://${await origin()}`,
  ]
  // wx: fails where the file exists.
  await writeFile(FILE, `${lines.join('\n')}\n`, { flag: 'wx', mode: 0o600 }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST')
        throw new Error(`.dev.vars can't be written: ${error.message}.`, { cause: error })
    },
  )
  return (await readDevVars()) ?? {}
}
