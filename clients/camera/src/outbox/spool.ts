import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Say } from '../log.ts'

/** What is to be sent: a picture, when it was taken, and what was found in it. */
export type Item = {
  capturedAt: number
  labels: { label: string; score: number; box: number[] }[]
  jpeg: Uint8Array
}
/** `key` is that of the picture in the bucket, once it is there. */
export type Kept = Item & { name: string; key: string | null }
export type Spool = Awaited<ReturnType<typeof openSpool>>

/** A file that is whole has this name; one that was being written when the power went has not. */
const WHOLE = /^\d{15}-[\w-]+\.item$/
const NEWLINE = 10

/**
 * Opens a folder of what is to be sent, the oldest first. An item is on the disk before `add` ends. The oldest go where it would take
 * more than so many bytes, or the disk is full, and that is said.
 */
export async function openSpool(folder: string, mostBytes: number, say: Say) {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const names = async () => (await readdir(folder)).filter((name) => WHOLE.test(name)).sort()
  for (const name of await readdir(folder))
    if (name.endsWith('.part')) await rm(join(folder, name), { force: true })

  const remove = async (name: string) => {
    await rm(join(folder, name), { force: true })
    await rm(join(folder, `${name}.key`), { force: true })
  }

  async function dropOldest(why: string) {
    const [oldest] = await names()
    if (!oldest) return false
    await remove(oldest)
    say(`A picture of ${new Date(Number.parseInt(oldest, 10)).toISOString()} is dropped: ${why}.`)
    return true
  }

  async function bytes() {
    const sizes = (await names()).map(async (name) => (await stat(join(folder, name))).size)
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
  }

  return {
    count: async () => (await names()).length,
    remove,

    /** Puts an item onto the disk. Says so where the disk has no place for it, and answers false. */
    async add({ capturedAt, labels, jpeg }: Item) {
      const head = Buffer.from(`${JSON.stringify({ capturedAt, labels })}\n`)
      const name = `${String(Math.round(capturedAt)).padStart(15, '0')}-${randomUUID()}.item`
      for (;;) {
        try {
          while ((await bytes()) + head.length + jpeg.length > mostBytes)
            if (!(await dropOldest(`the spool has ${mostBytes / 1e6} MB`))) break
          await writeWhole(join(folder, name), Buffer.concat([head, jpeg]))
          return true
        } catch (error) {
          const { code, message } = error as NodeJS.ErrnoException
          // A picture that is larger than all that waits would drive it out for nothing.
          const makesRoom = code === 'ENOSPC' && (await bytes()) >= head.length + jpeg.length
          if (makesRoom && (await dropOldest('the disk is full'))) continue
          say(`A picture could not be kept: ${message}`)
          return false
        }
      }
    },

    /** The oldest item; null where there is none. One that cannot be read is dropped. */
    async oldest(): Promise<Kept | null> {
      for (const name of await names()) {
        try {
          const content = await readFile(join(folder, name))
          const end = content.indexOf(NEWLINE)
          const head = JSON.parse(String(content.subarray(0, end))) as Omit<Item, 'jpeg'>
          const key = await readFile(join(folder, `${name}.key`), 'utf8').catch(() => null)
          return { ...head, name, key, jpeg: new Uint8Array(content.subarray(end + 1)) }
        } catch (error) {
          say(`A picture cannot be read and is dropped: ${(error as Error).message}`)
          await remove(name)
        }
      }
      return null
    },

    /** Notes that the picture is in the bucket, so that it is not uploaded twice. A full disk is no reason to stop. */
    noteUploaded: (name: string, key: string) => writeFile(join(folder, `${name}.key`), key).catch(() => {}),
  }
}

/** Under its name a file is whole or not there, also after a power cut. */
async function writeWhole(path: string, content: Uint8Array) {
  const part = `${path}.part`
  try {
    const file = await open(part, 'w', 0o600)
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(part, path)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}
