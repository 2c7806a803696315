import { randomBytes } from 'node:crypto'
import { createClient, createDevice, ScoutError } from '@scout/client'
import { Unexpected } from '../kit/report.ts'
import { soon, until } from '../kit/until.ts'

export type Visitor = ReturnType<typeof newVisitor>

/** Somebody with an account and a camera of their own, who leaves nothing behind. */
export function newVisitor(baseUrl: string) {
  const email = `smoke-${crypto.randomUUID()}@example.com`
  const password = randomBytes(18).toString('base64url')
  const scout = createClient({ baseUrl })
  /** Whether it was tried to make the account: an answer that was lost may have made it. */
  let isThere = false
  /** URLs that show the pictures, for longer than this lasts. */
  const pictures: string[] = []

  return {
    baseUrl,
    email,
    scout,
    camera: createDevice({ baseUrl }),
    pictures,
    isThere: () => isThere,
    register() {
      isThere = true
      return scout.register({ email, password })
    },
    signIn: () => scout.startSession({ email, password, name: 'npm run smoke' }),

    /** Deletes the account, where it is there, and asks whether it is gone. */
    async leave() {
      if (!scout.tokens && (await statusOf(scout.signIn({ email, password }))) === 401) return
      const [{ public_user_id = '' } = {}] = await scout.listUsers()
      await scout.deleteUser(public_user_id)
      const answer = await statusOf(scout.signIn({ email, password }))
      if (answer !== 401) throw new Unexpected('401 to who signs in to it afterwards', String(answer))
    },

    /** Waits until the bucket has none of the pictures any more. */
    untilErased: (patienceInMs: number) =>
      until(patienceInMs, 'no picture under a URL that showed it', async () => {
        const statuses = await Promise.all(
          pictures.map(async (url) => (await fetch(url, { signal: soon() })).status),
        )
        return [statuses.every((status) => status === 404 || status === 403), statuses.join(', ')]
      }),
  }
}

/** 401 of a refusal, for example; what is no answer of the service stays an error. */
const statusOf = (asked: Promise<unknown>) =>
  asked.then(
    () => 200,
    (error: unknown) => {
      if (error instanceof ScoutError) return error.status
      throw error
    },
  )
