import { accessSync, constants, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import process from 'node:process'

/** Linux keeps what is written here in memory. */
const IN_MEMORY = '/dev/shm'
/** Twice what a run writes, most of it databases. */
const ENOUGH_IN_BYTES = 4 * 2 ** 30

/** The folders in which this run or an earlier one may have its own folder. */
export const foldersOfRuns = () => new Set([tmpdir(), IN_MEMORY])

/**
 * The folder in which a run makes its own: in memory if there is enough of it, since a disk takes ten times as long to copy a
 * database. Else, or if TMPDIR names a folder, that of temporary files.
 */
export function folderForRun() {
  if (process.env.TMPDIR) return tmpdir()
  try {
    accessSync(IN_MEMORY, constants.R_OK | constants.W_OK | constants.X_OK)
    const { bavail, bsize } = statfsSync(IN_MEMORY)
    // The memory of a container may be less than the machine's.
    const isEnough = Math.min(bavail * bsize, process.availableMemory()) > ENOUGH_IN_BYTES
    return isEnough ? IN_MEMORY : tmpdir()
  } catch {
    return tmpdir()
  }
}
