/** Ends the process with one sentence on the error output. */
export function fail(sentence: string): never {
  console.error(sentence)
  process.exit(1)
}

/** A database in a form to show: its host and name, without the account and its password. */
export function databaseName(databaseUrl: string) {
  if (!URL.canParse(databaseUrl))
    return fail('DATABASE_URL is not a URL such as postgres://user:password@host:5432/database.')
  const { host, pathname } = new URL(databaseUrl)
  return `${host}${pathname}`
}

export const NO_DATABASE_URL =
  'DATABASE_URL is not set: name the database, as postgres://user:password@host:5432/database.'

const REASONS: Record<string, string> = {
  EACCES: 'this account may not',
  EPERM: 'this account may not',
  EROFS: 'it is read-only here',
  ENOSPC: 'there is no space left',
  EDQUOT: 'there is no space left',
  EISDIR: 'it is a folder, not a file',
  ENOTDIR: 'a file is in place of a folder',
  EEXIST: 'a file is in place of a folder',
  ECONNREFUSED: 'no server listens there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'its name is not found, as no name server answers',
}

/** The message of an error; in words if the system gives only a code. */
export function reasonOf(error: unknown): string {
  // If every address of a host failed by itself, the error of all of them is empty.
  if (error instanceof AggregateError && !error.message) return reasonOf(error.errors.at(-1))
  const { code = '', message } = error as NodeJS.ErrnoException
  return REASONS[code] ? `${REASONS[code]} (${message})` : message
}
