import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Replaces a file atomically, readable by its own user only. Once it returns, the file stays complete under this name, also after a
 * power cut, as far as the file system can promise that.
 */
export async function writeWhole(path: string, content: Uint8Array) {
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
    await syncNames(dirname(path)).catch(() => {})
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}

/** A new name is on the disk only with its folder. Not every file system can sync one, and Windows opens none. */
async function syncNames(folder: string) {
  const names = await open(folder, 'r')
  await names.sync().finally(() => names.close())
}
