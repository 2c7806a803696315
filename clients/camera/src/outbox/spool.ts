import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Say } from '../log.ts'
import type { Item } from './item.ts'
import { writeWhole } from './write-whole.ts'

/** An upload: its URL and key, when the URL expires (milliseconds), and whether it is complete. */
export type Upload = { url: string; key: string; until: number; isDone: boolean }
export type Kept = Item & { name: string; upload: Upload | null }
export type Spool = Awaited<ReturnType<typeof openSpool>>

/** How many pictures are kept in memory where the disk takes none. */
const MOST_HELD = 20
/** The name of a complete file; a partly written one has another name. */
const WHOLE = /^\d{15}-[\w-]+\.item$/
const NEWLINE = 10

/**
 * Opens a folder of items to send, oldest first. An item is on the disk before `add` returns. The oldest items are dropped, with a log
 * line, if the folder would exceed `mostBytes` or the disk is full. If the disk takes nothing at all, the latest items wait in memory.
 */
export async function openSpool(folder: string, mostBytes: number, say: Say) {
  const make = async () => void (await mkdir(folder, { recursive: true, mode: 0o700 }))
  await make()
  /** What is sent or dropped, though the disk does not let go of it. */
  const gone = new Set<string>()
  async function names() {
    // `pair` deletes the folder.
    if (!existsSync(folder)) await make()
    return (await readdir(folder)).filter((name) => WHOLE.test(name) && !gone.has(name)).sort()
  }
  for (const name of await readdir(folder)) {
    const isOrphan = name.endsWith('.upload') && !existsSync(join(folder, name.slice(0, -'.upload'.length)))
    if (isOrphan || name.endsWith('.part')) await rm(join(folder, name), { force: true }).catch(() => {})
  }

  const held = new Map<string, Kept>()

  const uploadOf = (name: string) => join(folder, `${name}.upload`)

  /** Without a readable note the upload begins anew. */
  const noted = async (name: string): Promise<Upload | null> =>
    readFile(uploadOf(name), 'utf8')
      .then((text) => JSON.parse(text) as Upload)
      .catch(() => null)

  /** Never throws: a disk that became read-only keeps what was sent until the program starts again. */
  const remove = async (name: string) => {
    held.delete(name)
    gone.add(name)
    try {
      await rm(join(folder, name), { force: true })
      await rm(uploadOf(name), { force: true })
      gone.delete(name)
    } catch (error) {
      say(`A picture could not be deleted: ${(error as Error).message}`)
    }
  }

  async function dropOldest(why: string) {
    const [oldest] = await names()
    if (!oldest) return false
    await remove(oldest)
    sayDropped(oldest, why)
    return true
  }

  const sayDropped = (name: string, why: string) =>
    say(`The picture from ${new Date(Number.parseInt(name, 10)).toISOString()} is dropped: ${why}.`)

  async function bytes() {
    const sizes = (await names()).map(sizeOf)
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
  }
  /** What was sent meanwhile is gone. */
  const sizeOf = (name: string) =>
    stat(join(folder, name))
      .then(({ size }) => size)
      .catch(() => 0)

  return {
    count: async () => (await names()).length + held.size,
    remove,

    /** Writes an item to disk. If the disk does not take it, logs that, keeps it in memory and returns false. */
    async add({ capturedAt, labels, jpeg }: Item) {
      const head = Buffer.from(`${JSON.stringify({ capturedAt, labels })}\n`)
      const name = `${String(Math.round(capturedAt)).padStart(15, '0')}-${randomUUID()}.item`
      for (;;) {
        try {
          while ((await bytes()) + head.length + jpeg.length > mostBytes)
            if (!(await dropOldest(`the spool is full (${mostBytes / 1e6} MB)`))) break
          await writeWhole(join(folder, name), Buffer.concat([head, jpeg]))
          return true
        } catch (error) {
          const { code, message } = error as NodeJS.ErrnoException
          // Do not drop everything for a picture that is larger than the whole spool.
          const makesRoom = code === 'ENOSPC' && (await bytes()) >= head.length + jpeg.length
          if (makesRoom && (await dropOldest('the disk is full'))) continue
          say(`A picture waits in memory, since it could not be saved: ${message}`)
          held.set(name, { capturedAt, labels, jpeg, name, upload: null })
          for (const oldest of [...held.keys()].slice(0, -MOST_HELD)) {
            held.delete(oldest)
            sayDropped(oldest, 'too many wait in memory')
          }
          return false
        }
      }
    },

    /** Returns the oldest item, or null. An unreadable item is dropped. */
    async oldest(): Promise<Kept | null> {
      for (const name of [...(await names()), ...held.keys()].sort()) {
        const kept = held.get(name)
        if (kept) return kept
        try {
          const content = await readFile(join(folder, name))
          const end = content.indexOf(NEWLINE)
          const head = JSON.parse(String(content.subarray(0, end))) as Omit<Item, 'jpeg'>
          return { ...head, name, upload: await noted(name), jpeg: new Uint8Array(content.subarray(end + 1)) }
        } catch (error) {
          // It was dropped meanwhile to make room.
          if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue
          say(`A picture could not be read and is dropped: ${(error as Error).message}`)
          await remove(name)
        }
      }
      return null
    },

    /** Stores the state of an item's upload, so that the next try continues it. Ignores a full disk. */
    async noteUpload(name: string, upload: Upload | null) {
      const kept = held.get(name)
      if (kept) kept.upload = upload
      else if (upload) await writeWhole(uploadOf(name), Buffer.from(JSON.stringify(upload))).catch(() => {})
      else await rm(uploadOf(name), { force: true }).catch(() => {})
    },
  }
}
