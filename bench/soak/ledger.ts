/** What a row may hold at the end: its text, or null if it may be gone. */
type State = string | null
type Table = 'users' | 'cameras' | 'rules'
/** One write and its outcome, as the client saw it. */
type Write = { to: State; isAcknowledged: boolean }
export type Entry = { table: Table; key: string; writes: Write[] }

/**
 * Every write that was sent. A row's text begins with its own key and ends with the number of the write, so that the database
 * shows which writes it has. After an unanswered write, no more are sent to its row, because it may still be committed at any
 * time.
 */
export function createLedger() {
  const entries: Entry[] = []
  return {
    entries,
    open(table: Table, key: string): Entry {
      const entry: Entry = { table, key, writes: [] }
      entries.push(entry)
      return entry
    },
  }
}

export type Verdict = {
  sent: number
  acknowledged: number
  refused: number
  unknown: number
  lost: number
  doubled: number
}

/** Compares the ledger with the rows of the database: for each key the texts of its rows. */
export function judge(entries: Entry[], rows: Record<Table, Map<string, string[]>>): Verdict {
  const verdict = { sent: 0, acknowledged: 0, refused: 0, unknown: 0, lost: 0, doubled: 0 }
  for (const { table, key, writes } of entries) {
    const found = rows[table].get(key) ?? []
    rows[table].delete(key)
    if (found.length > 1) verdict.doubled++
    const is: State = found[0] ?? null
    const last = writes.at(-1)
    const acknowledged = writes.filter(({ isAcknowledged }) => isAcknowledged)
    verdict.sent += writes.length
    verdict.acknowledged += acknowledged.length
    // Only the last write of a row can be unanswered.
    const isApplied = is === last?.to
    if (last && !last.isAcknowledged) verdict[isApplied ? 'unknown' : 'refused']++
    const expected = acknowledged.at(-1)?.to ?? null
    const isExpected = is === expected || (!last?.isAcknowledged && isApplied)
    if (!isExpected) verdict.lost++
  }
  // Rows with a key that nobody wrote must not exist.
  for (const table of Object.values(rows)) verdict.doubled += table.size
  return verdict
}
