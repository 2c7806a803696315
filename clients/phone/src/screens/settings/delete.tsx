import { useState } from 'preact/hooks'
import { account, deleteAccount } from '../../data/account.ts'
import { PhoneError } from '../../data/faults.ts'
import { valueIn } from '../../data/resource.ts'
import { useSeen, useSubmit } from '../../data/use.ts'
import { ButtonLink } from '../../kit/button.tsx'
import { TextField } from '../../kit/field.tsx'
import { Form } from '../../kit/form.tsx'
import { Screen } from '../../kit/screen.tsx'
import { back, go, to } from '../../router.ts'
import './delete.css'

const WORD = 'DELETE'

/** Deletes the account for good, once the user has typed the word. */
export function DeleteAccount() {
  const own = account()
  useSeen(own)
  const [fault, setFault] = useState('')
  const { submit, isBusy, faults } = useSubmit(async ({ word = '' }: Record<string, string>) => {
    if (word.trim() !== WORD) return setFault(`Type ${WORD}, in capitals.`)
    setFault('')
    if (!navigator.onLine) throw new PhoneError('You are offline: nothing was deleted.')
    await deleteAccount()
    go('/sign-in', { replace: true })
  })
  return (
    <Screen title="Delete your account" onBack={() => back('/settings')} isNarrow>
      <ul class="deleted">
        <li>your account{valueIn(own) && ` ${valueIn(own)!.email}`}</li>
        <li>your cameras and rules: the devices have to be paired again</li>
        <li>all pictures, clips and notifications</li>
        <li>all sessions, and everything that gets your notifications</li>
      </ul>
      <p>This happens at once and cannot be undone. To keep a copy of your data, export it first.</p>
      <ButtonLink look="tinted" icon="export" href={to('/settings/export')}>
        Export your data
      </ButtonLink>
      <Form onSubmit={submit} isBusy={isBusy} fault={faults.words} action="Delete everything" look="danger">
        <TextField
          label={`Type ${WORD} to continue`}
          name="word"
          autocomplete="off"
          autocapitalize="characters"
          fault={fault}
        />
      </Form>
    </Screen>
  )
}
