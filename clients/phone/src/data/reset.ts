import { createClient, ScoutError } from '@scout/client'
import { PhoneError } from './faults.ts'
import { isSignedIn, leaving, ownerOf, scout, serviceUrl, signIn } from './session.ts'

const NO_MAIL = 'This Scout cannot send email. Ask the person who runs it for a new password.'

/** Requests a password reset email. @throws PhoneError if this deployment sends no email, ScoutError, UnreachableError */
export async function requestReset(email: string) {
  await scout.requestPasswordReset({ email }).catch((error) => {
    // A temporary 503 has a Retry-After.
    const isForEver =
      error instanceof ScoutError && error.status === 503 && error.retryAfterInSeconds === null
    throw isForEver ? new PhoneError(NO_MAIL) : error
  })
}

/** Sets a new password with the token of an email. Returns a function that signs in with it. @throws ScoutError, UnreachableError */
export async function resetPassword(token: string, password: string) {
  // Its access token belongs to no session; here it only gives the email.
  const somebody = createClient({ baseUrl: serviceUrl })
  const { access } = await somebody.confirmPasswordReset({ token, password })
  return async () => {
    const { email } = await somebody.getUser(ownerOf(access))
    // The new password ended this account's session here, which nobody wished: what this browser gets goes on after the sign-in.
    const own = scout.tokens?.access
    if (isSignedIn.value && own && ownerOf(own) === ownerOf(access))
      await leaving('elsewhere', async () => scout.signOut())
    await signIn(email, password)
  }
}
