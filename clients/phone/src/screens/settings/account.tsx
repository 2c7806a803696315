import type { User } from '@scout/client'
import { useState } from 'preact/hooks'
import { account, changeAccount } from '../../data/account.ts'
import { useSeen, useSubmit } from '../../data/use.ts'
import { NewPasswordField, PasswordField, TextField } from '../../kit/field.tsx'
import { Form } from '../../kit/form.tsx'
import { Screen } from '../../kit/screen.tsx'
import { Seen } from '../../kit/seen.tsx'
import { Titled } from '../../kit/titled.tsx'
import { toast } from '../../kit/toast.tsx'
import { back } from '../../router.ts'

/** The user's name, email and password. */
export function Account() {
  const own = account()
  const seen = useSeen(own)
  return (
    <Screen title="Your account" onBack={() => back('/settings')} isNarrow>
      <Seen seen={seen} onRetry={own.refresh} shapes={[4, 4]}>
        {(user) => (
          <>
            <Titled title="Name and email">
              <Person key={user.email} user={user} />
            </Titled>
            <Titled title="Password">
              <Password email={user.email} />
            </Titled>
          </>
        )}
      </Seen>
    </Screen>
  )
}

function Person({ user }: { user: User }) {
  const { submit, isBusy, faults } = useSubmit(async (sent: Record<string, string>) => {
    await changeAccount(sent)
    toast('Saved.')
  })
  return (
    <Form onSubmit={submit} isBusy={isBusy} fault={faults.words} action="Save">
      <TextField
        label="First name"
        name="first_name"
        autocomplete="given-name"
        maxLength={150}
        value={user.first_name}
        fault={faults.fields.first_name}
      />
      <TextField
        label="Last name"
        name="last_name"
        autocomplete="family-name"
        maxLength={150}
        value={user.last_name}
        fault={faults.fields.last_name}
      />
      <TextField
        label="Email"
        name="email"
        type="email"
        inputmode="email"
        autocomplete="email"
        required
        value={user.email}
        fault={faults.fields.email}
        note="You use it to sign in."
      />
    </Form>
  )
}

function Password({ email }: { email: string }) {
  // A new key clears both fields after a change.
  const [round, setRound] = useState(0)
  const { submit, isBusy, faults } = useSubmit(
    async ({ current_password = '', password = '' }: Record<string, string>) => {
      await changeAccount({ current_password, password })
      setRound(round + 1)
      toast('Password changed. All other devices are signed out.')
    },
  )
  return (
    <Form key={round} onSubmit={submit} isBusy={isBusy} fault={faults.words} action="Change password">
      {/* Tells a password manager which account this is. */}
      <input type="hidden" autocomplete="username" value={email} />
      <PasswordField
        label="Current password"
        name="current_password"
        autocomplete="current-password"
        fault={faults.fields.current_password}
      />
      <NewPasswordField fault={faults.fields.password} more="This signs out all other phones and browsers." />
    </Form>
  )
}
