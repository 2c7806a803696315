import { useState } from 'preact/hooks'
import { requestReset } from '../data/reset.ts'
import { useSubmit } from '../data/use.ts'
import { EmailField } from '../kit/field.tsx'
import { Form } from '../kit/form.tsx'
import { back } from '../router.ts'
import { Door } from './door.tsx'

/** Requests a password reset email. The answer does not reveal whether the account exists. */
export function Forgot() {
  const [sentTo, setSentTo] = useState<string | null>(null)
  const { submit, isBusy, faults } = useSubmit(async ({ email = '' }: Record<string, string>) => {
    await requestReset(email)
    setSentTo(email)
  })
  const onBack = () => back('/sign-in')
  if (sentTo !== null)
    return (
      <Door title="Check your email" onBack={onBack}>
        <p role="status">
          If {sentTo} has an account, an email is on its way. Its link works once and expires after an hour.
        </p>
        <p class="muted">No email? Check your spam folder and the address.</p>
      </Door>
    )
  return (
    <Door
      title="Forgot your password?"
      words="Enter the email of your account. We will send you a link to set a new password."
      onBack={onBack}
    >
      <Form onSubmit={submit} isBusy={isBusy} fault={faults.words} action="Send the link">
        <EmailField fault={faults.fields.email} />
      </Form>
    </Door>
  )
}
