import { type Ending, ending, signIn } from '../data/session.ts'
import { useSubmit } from '../data/use.ts'
import { PasswordField, EmailField } from '../kit/field.tsx'
import { Form } from '../kit/form.tsx'
import { address, go, to } from '../router.ts'
import { Door } from './door.tsx'

/** Signs in and shows the screen that the person asked for. */
export function SignIn() {
  const { submit, isBusy, faults } = useSubmit(async ({ email, password }: Record<string, string>) => {
    await signIn(email ?? '', password ?? '')
    if (address.value.path === '/sign-in') go('/', { replace: true })
  })
  return (
    <Door title="Scout" words={ending.value ? ENDINGS[ending.value] : WELCOME}>
      <Form onSubmit={submit} isBusy={isBusy} fault={faults.words} action="Sign in">
        <EmailField fault={faults.fields.email} />
        <PasswordField
          label="Password"
          name="password"
          autocomplete="current-password"
          fault={faults.fields.password}
        />
      </Form>
      <p class="door-links">
        <a href={to('/forgot')}>Forgot your password?</a>
        <a href={to('/sign-up')}>Create an account</a>
      </p>
    </Door>
  )
}

const WELCOME = 'Your cameras, and only the notifications you asked for.'
/** Why a session ended. */
const ENDINGS: Record<Ending, string> = {
  'signed out': 'You are signed out. This device gets no more notifications.',
  'another tab': 'You signed out in another tab.',
  elsewhere:
    'You were signed out: this session was ended on another device or by a new password, or was not used for 90 days.',
  deleted: 'Your account was deleted, with its cameras and pictures.',
}
