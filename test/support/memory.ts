import { accessSync, constants, statfsSync } from 'node:fs'
import { freemem, tmpdir } from 'node:os'

/** Linux keeps what is written here in memory. */
const IN_MEMORY = '/dev/shm'
const ENOUGH_IN_BYTES = 4 * 2 ** 30

/** The folders in which tests make databases, now or in an earlier run. */
export const databaseFolders = () => [tmpdir(), IN_MEMORY]

/**
 * The folder in which tests make their databases: in memory if there is enough of it, since a disk takes ten times as long to
 * copy one; else the folder of temporary files.
 */
export function databaseFolder() {
  try {
    accessSync(IN_MEMORY, constants.R_OK | constants.W_OK | constants.X_OK)
    const { bavail, bsize } = statfsSync(IN_MEMORY)
    return Math.min(bavail * bsize, freemem()) < ENOUGH_IN_BYTES ? tmpdir() : IN_MEMORY
  } catch {
    return tmpdir()
  }
}
