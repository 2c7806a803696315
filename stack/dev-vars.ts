import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { freePorts, LOOPBACK } from './net.ts'
import { reasonOf } from './words.ts'

export const ROOT = join(import.meta.dirname, '..')

const FILE = join(ROOT, '.dev.vars')

export type DevVars = Record<string, string | undefined>

/** The content of `.dev.vars`, or undefined if there is none. */
export async function readDevVars(): Promise<DevVars | undefined> {
  const text = await readFile(FILE, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw new Error(
      `.dev.vars can't be read: ${reasonOf(error)}. Move it away, and \`npm run dev\` writes another.`,
      { cause: error },
    )
  })
  return text === undefined ? undefined : parseEnv(text)
}

/** Writes `.dev.vars` with random secrets and free ports; returns false if it already exists. */
export async function writeDevVars() {
  const secret = () => randomBytes(32).toString('hex')
  const [postgres, endpoint, storage] = (await freePorts(3)).map((port) => `${LOOPBACK}:${port}`)
  const lines = [
    '# Written by `npm run dev` on its first run, and never again. .dev.vars.example explains every line.',
    `DATABASE_URL=postgres://scout:${secret()}@${postgres}/scout`,
    `SQL_ENDPOINT=http://${endpoint}/sql`,
    `JWT_SECRET=${secret()}`,
    `AWS_ACCESS_KEY_ID=${secret().slice(0, 20)}`,
    `AWS_SECRET_ACCESS_KEY=${secret()}`,
    'S3_BUCKET=scout-uploads',
    'S3_REGION=us-east-1',
    `S3_ENDPOINT=http://${storage}`,
  ]
  try {
    await writeFile(FILE, `${lines.join('\n')}\n`, { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw new Error(`.dev.vars can't be written: ${reasonOf(error)}.`, { cause: error })
  }
}
