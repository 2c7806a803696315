/** The last answers in IndexedDB, for use without a network. Without IndexedDB nothing is cached. */
export type Kept<T> = { value: T; asOf: number }

const STORE = 'answers'
/** An answer that was not refreshed for so long is dropped: the service may have deleted its event since. */
const KEPT_FOR_IN_MS = 21 * 24 * 60 * 60_000
/** Later than the start, which has enough to do. */
const DROPPED_AFTER_IN_MS = 5_000
let opened: Promise<IDBDatabase> | undefined
/** The public id of the session, which is part of each key: answers of another session are never found, even if deleting them failed. */
let owner: string | null = null

/** From now on keeps answers of this session, and deletes those of others; null: nobody is signed in. */
export async function keepOnlyOf(session: string | null): Promise<void> {
  owner = session
  const isOurs = (key: IDBValidKey) => session !== null && String(key).startsWith(`${session} `)
  await ask('readwrite', (store) => {
    const keys = store.getAllKeys()
    keys.addEventListener('success', () => {
      for (const key of keys.result) if (!isOurs(key)) store.delete(key)
    })
    return keys
  }).catch(() => {})
  if (session !== null) setTimeout(dropOld, DROPPED_AFTER_IN_MS)
}

async function dropOld() {
  await ask('readwrite', (store) => {
    const looking = store.openCursor()
    looking.addEventListener('success', () => {
      const at = looking.result
      if (!at) return
      if ((at.value as Kept<unknown>).asOf < Date.now() - KEPT_FOR_IN_MS) at.delete()
      at.continue()
    })
    return looking
  }).catch(() => {})
}

/** The cached answer with this key, or undefined. */
export async function kept<T>(key: string): Promise<Kept<T> | undefined> {
  if (owner === null) return undefined
  // The owner may change while the database opens.
  const own = keyOf(key)
  return ask('readonly', (store) => store.get(own)).catch(() => undefined)
}

export async function keep<T>(key: string, kept: Kept<T>): Promise<void> {
  const own = keyOf(key)
  if (owner !== null) await ask('readwrite', (store) => store.put(kept, own)).catch(() => {})
}

const keyOf = (key: string) => `${owner} ${key}`

type How<T> = (store: IDBObjectStore) => IDBRequest<T>

/** Opens the database again if the browser closed it, as Safari does in the background. */
async function ask<T>(mode: IDBTransactionMode, how: How<T>): Promise<T> {
  return askOpened(mode, how).catch(() => {
    opened = undefined
    return askOpened(mode, how)
  })
}

async function askOpened<T>(mode: IDBTransactionMode, how: How<T>): Promise<T> {
  const transaction = (await (opened ??= open())).transaction(STORE, mode)
  const request = how(transaction.objectStore(STORE))
  return new Promise<T>((resolve, reject) => {
    transaction.addEventListener('complete', () => resolve(request.result))
    transaction.addEventListener('abort', () => reject(transaction.error ?? new Error('no database')))
  })
}

function open() {
  const request = indexedDB.open('scout', 1)
  request.addEventListener('upgradeneeded', () => request.result.createObjectStore(STORE))
  return new Promise<IDBDatabase>((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result))
    request.addEventListener('error', () => reject(request.error ?? new Error('no database')))
  })
}
