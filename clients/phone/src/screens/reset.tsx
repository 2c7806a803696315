import { useEffect, useState } from 'preact/hooks'
import { resetPassword } from '../data/reset.ts'
import { useSubmit } from '../data/use.ts'
import { ButtonLink } from '../kit/button.tsx'
import { NewPasswordField } from '../kit/field.tsx'
import { Form } from '../kit/form.tsx'
import { address, go, to } from '../router.ts'
import { comeIn } from './come-in.ts'
import { Door } from './door.tsx'

/** Sets a new password with the token of an email, and signs in. */
export function Reset() {
  const { hash } = address.value
  const [token, setToken] = useState(hash)
  // Keep the token out of the address bar and the history.
  useEffect(() => {
    if (hash === '') return
    setToken(hash)
    go('/reset', { replace: true })
  }, [hash])
  const { submit, isBusy, faults } = useSubmit(async ({ password = '' }: Record<string, string>) => {
    await comeIn('Your new password is set.', await resetPassword(token, password))
  })
  const isSpent = Boolean(faults.fields.token)
  if (token === '' || isSpent)
    return (
      <Door
        title="This link does not work"
        words={isSpent ? faults.fields.token! : 'Open the link in the email again.'}
      >
        <p>A link works once. It expires after an hour, or when you ask for a newer one.</p>
        <ButtonLink href={to('/forgot')}>Send me a new link</ButtonLink>
        <p class="door-links">
          <a href={to('/sign-in')}>Sign in</a>
        </p>
      </Door>
    )
  return (
    <Door title="Set a new password" words="This signs out all other phones and browsers.">
      <Form onSubmit={submit} isBusy={isBusy} fault={faults.words} action="Set password and sign in">
        <NewPasswordField fault={faults.fields.password} />
      </Form>
    </Door>
  )
}
