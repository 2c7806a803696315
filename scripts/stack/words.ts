/** Ends the process with one sentence on the error output. */
export function fail(sentence: string): never {
  console.error(sentence)
  process.exit(1)
}

/** A database as it may be shown: where it is and its name, without the account and its password. */
export function databaseName(databaseUrl: string) {
  if (!URL.canParse(databaseUrl))
    return fail('DATABASE_URL is no URL, as in postgres://user:password@host:5432/database.')
  const { host, pathname } = new URL(databaseUrl)
  return `${host}${pathname}`
}

/** What an error says. Where each address of a host failed by itself, Node's error of all of them says nothing. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && !error.message) return error.errors.map(reasonOf).join(', ')
  return (error as Error).message
}
