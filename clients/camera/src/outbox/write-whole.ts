import { open, rename, rm } from 'node:fs/promises'

/** Writes a file atomically: it is complete or missing, also after a power cut. */
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
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}
