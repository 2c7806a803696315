import { createClient } from '@scout/client'
import { serviceUrl, signIn } from './session.ts'

/** Makes an account. Returns a function that signs in to it. @throws ScoutError with the faults of the fields, UnreachableError */
export async function makeAccount(email: string, password: string) {
  // Its tokens have no session, so a page cannot keep them.
  await createClient({ baseUrl: serviceUrl }).register({ email, password })
  return () => signIn(email, password)
}
