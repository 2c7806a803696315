import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import { sendAll } from '../../clients/camera/src/outbox/send.ts'
import { openSpool } from '../../clients/camera/src/outbox/spool.ts'

/** Simulates a disk with room for this many files, or one that became read-only; a real one would need the right to mount it. */
const disk = vi.hoisted(() => ({ most: Infinity, isReadOnly: false, syncsNoFolders: false }))
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>()
  const full = () => Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
  return {
    ...real,
    open: async (path: string, ...more: [string, number]) => {
      const file = await real.open(path, ...more)
      if (disk.syncsNoFolders && more[0] === 'r')
        file.sync = () => Promise.reject(Object.assign(new Error('EINVAL'), { code: 'EINVAL' }))
      const writeFile = file.writeFile.bind(file)
      // A part of the file exists already when the disk is full.
      file.writeFile = async (content) => {
        const { length } = await real.readdir(join(path, '..'))
        if (length > disk.most) throw (await writeFile(String(content).slice(0, 9)), full())
        return writeFile(content)
      }
      return file
    },
    rm: async (path: string, options: object) => {
      if (disk.isReadOnly) throw Object.assign(new Error('EROFS: read-only file system'), { code: 'EROFS' })
      return real.rm(path, options)
    },
    writeFile: async (path: string, content: string) => {
      if (disk.most < Infinity) throw full()
      return real.writeFile(path, content)
    },
  }
})

beforeEach(() => void Object.assign(disk, { most: Infinity, isReadOnly: false, syncsNoFolders: false }))

const item = (capturedAt: number, size = 100) => ({ capturedAt, labels: [], jpeg: new Uint8Array(size) })

async function aSpool() {
  const folder = await mkdtemp(join(tmpdir(), 'scout-camera-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const said: string[] = []
  return { folder, said, spool: await openSpool(folder, 1e9, (words) => said.push(words)) }
}

it('makes room for a new picture by the oldest, and says so', async () => {
  const { folder, said, spool } = await aSpool()
  for (const at of [1, 2, 3]) await spool.add(item(at))
  disk.most = 3
  expect(await spool.add(item(4))).toBe(true)
  expect([await spool.count(), (await spool.oldest())!.capturedAt]).toEqual([3, 2])
  expect(said).toEqual(['The picture from 1970-01-01T00:00:00.001Z is dropped: the disk is full.'])
  expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([])
})

it('drops nothing for a picture that is larger than all that waits, which waits in memory', async () => {
  const { said, spool } = await aSpool()
  for (const at of [1, 2]) await spool.add(item(at))
  disk.most = 0
  expect(await spool.add(item(3, 100_000))).toBe(false)
  expect(await spool.count()).toBe(3)
  expect(said).toEqual([
    'A picture waits in memory, since it could not be saved: ENOSPC: no space left on device',
  ])
})

it('goes on sending where not even a note has room', async () => {
  const { spool } = await aSpool()
  await spool.add(item(1))
  disk.most = 0
  const { name } = (await spool.oldest())!
  await spool.noteUpload(name, { url: 'https://bucket/a', key: 'a', until: 1, isDone: true })
  await spool.remove(name)
  expect(await spool.count()).toBe(0)
})

it('gives what waits in memory to be sent, the latest twenty', async () => {
  const { spool } = await aSpool()
  disk.most = 0
  for (let at = 1; at <= 22; at++) expect(await spool.add(item(at))).toBe(false)
  expect(await spool.count()).toBe(20)
  const upload = { url: 'https://bucket/a', key: 'a', until: 1, isDone: true }
  const { name, capturedAt } = (await spool.oldest())!
  await spool.noteUpload(name, upload)
  expect(await spool.oldest()).toMatchObject({ ...item(3), capturedAt, upload })
  await spool.remove(name)
  expect((await spool.oldest())!.capturedAt).toBe(4)
})

it('goes on where the disk became read-only, and sends nothing twice', async () => {
  const { folder, said, spool } = await aSpool()
  await writeFile(join(folder, `${'0'.repeat(15)}-x.item`), 'no JSON')
  await writeFile(join(folder, 'left.part'), '')
  for (const at of [1, 2]) await spool.add(item(at))
  disk.isReadOnly = true
  const sent: number[] = []
  const stop = new AbortController()
  const device = {
    signMediaUpload: async () => ({ url: 'https://bucket/a', key: 'a', expires_in: 60 }) as never,
    putMedia: async () => {},
    announceEvent: async ({ captured_at }: { captured_at?: string }) => {
      sent.push(Date.parse(captured_at!))
      return undefined as never
    },
  }
  const sending = sendAll(spool, device, {
    say: (words) => said.push(words),
    stop: stop.signal,
    idleInMs: 10,
  })
  await vi.waitFor(async () => expect(await spool.count()).toBe(0))
  stop.abort()
  await sending
  expect(sent).toEqual([1, 2])
  expect(said.filter((words) => words.includes('could not be deleted: EROFS'))).toHaveLength(3)
  expect(await (await openSpool(folder, 1e9, () => {})).count()).toBe(3)
  disk.isReadOnly = false
})

it('keeps pictures where a folder cannot be synced', async () => {
  const { said, spool } = await aSpool()
  disk.syncsNoFolders = true
  expect(await spool.add(item(1))).toBe(true)
  expect([await spool.count(), said]).toEqual([1, []])
})
