import { useState } from 'preact/hooks'
import { faultIn, tokenIn } from '../../data/sticker.ts'
import { TextField } from '../../kit/field.tsx'
import { Form } from '../../kit/form.tsx'
import { Screen } from '../../kit/screen.tsx'
import { back } from '../../router.ts'

/** Takes the code of a sticker, typed or pasted. */
export function TypeCode({ onToken }: { onToken: (token: string) => void }) {
  const [fault, setFault] = useState('')
  function read({ code = '' }: Record<string, string>) {
    const token = tokenIn(code)
    setFault(faultIn(code))
    if (token) onToken(token)
  }
  return (
    <Screen title="Type the code" isNarrow onBack={() => back('/cameras/add')}>
      <Form onSubmit={read} isBusy={false} action="Continue">
        <TextField
          label="Code"
          name="code"
          autocomplete="off"
          autocapitalize="none"
          fault={fault}
          note="The 49 characters below the QR code. Upper and lower case matter; spaces do not."
          onInput={() => setFault('')}
        />
      </Form>
    </Screen>
  )
}
