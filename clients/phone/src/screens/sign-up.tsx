import { makeAccount } from '../data/sign-up.ts'
import { useSubmit } from '../data/use.ts'
import { EmailField, NewPasswordField } from '../kit/field.tsx'
import { Form } from '../kit/form.tsx'
import { back } from '../router.ts'
import { comeIn } from './come-in.ts'
import { Door } from './door.tsx'

/** Makes an account and signs it in. */
export function SignUp() {
  const { submit, isBusy, faults } = useSubmit(
    async ({ email = '', password = '' }: Record<string, string>) => {
      await comeIn('Your account was created.', await makeAccount(email, password))
    },
  )
  return (
    <Door title="Create an account" onBack={() => back('/sign-in')}>
      <Form onSubmit={submit} isBusy={isBusy} fault={faults.words} action="Create account">
        <EmailField fault={faults.fields.email} />
        <NewPasswordField label="Password" fault={faults.fields.password} />
      </Form>
    </Door>
  )
}
