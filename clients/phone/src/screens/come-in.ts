import { isSignedIn } from '../data/session.ts'
import { toast } from '../kit/toast.tsx'
import { go } from '../router.ts'

/**
 * Signs in after a step that cannot be repeated, which `done` names. If that fails, the user signs in with the form, which shows the
 * reason if it fails again.
 */
export async function comeIn(done: string, signIn: () => Promise<unknown>) {
  const isIn = await signIn().then(
    () => true,
    () => false,
  )
  go(isIn || isSignedIn.value ? '/' : '/sign-in', { replace: true })
  toast(isIn ? done : `${done} Sign in.`)
}
