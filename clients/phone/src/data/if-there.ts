import { ScoutError } from '@scout/client'

/** The answer, or null for a 404. */
export async function ifThere<T>(asked: Promise<T>): Promise<T | null> {
  return asked.catch((error: unknown) => {
    if (error instanceof ScoutError && error.status === 404) return null
    throw error
  })
}
