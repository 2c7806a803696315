import { addTarget } from '../../data/targets.ts'
import { useSubmit } from '../../data/use.ts'
import { Button } from '../../kit/button.tsx'
import { Copy } from '../../kit/copy.tsx'
import { TextField } from '../../kit/field.tsx'
import { Form } from '../../kit/form.tsx'
import { Sheet } from '../../kit/sheet.tsx'
import { useIsThere } from '../../kit/there.ts'
import { toast } from '../../kit/toast.tsx'

const WORDS = {
  webhook: {
    title: 'Add a webhook',
    placeholder: 'https://home.example.com/hooks/scout',
    note: 'A public https address. It gets a POST request, signed as in Standard Webhooks.',
  },
  ntfy: {
    title: 'Add an ntfy topic',
    placeholder: 'https://ntfy.sh/my-topic',
    note: 'Anyone who knows a topic can read it. Choose a name that is hard to guess.',
  },
}

type AddChannelProps = {
  kind: 'webhook' | 'ntfy'
  onClose: () => void
  /** Gets a webhook's secret, which the service returns only once, also after the sheet was closed. */
  onSecret: (secret: string) => void
}

/** Adds a service as a notification target. */
export function AddChannelSheet({ kind, onClose, onSecret }: AddChannelProps) {
  const { title, placeholder, note } = WORDS[kind]
  const isThere = useIsThere()
  const { submit, isBusy, faults } = useSubmit(async ({ url = '', name = '' }: Record<string, string>) => {
    const added = await addTarget({ kind, url: url.trim(), name: name.trim() })
    if (added.secret) return onSecret(added.secret)
    if (isThere()) onClose()
    toast(
      kind === 'webhook'
        ? `${added.name} was there already and keeps its secret.`
        : `${added.name} was added.`,
    )
  })
  return (
    <Sheet title={title} onClose={onClose} isBusy={isBusy}>
      <Form onSubmit={submit} isBusy={isBusy} fault={faults.words || faults.fields.kind} action="Add">
        <TextField
          label="Address"
          name="url"
          type="url"
          inputmode="url"
          autocapitalize="none"
          autocomplete="off"
          required
          placeholder={placeholder}
          note={note}
          fault={faults.fields.url}
        />
        <TextField
          label="Name (optional)"
          name="name"
          autocomplete="off"
          maxLength={100}
          fault={faults.fields.name}
        />
      </Form>
    </Sheet>
  )
}

export const SecretSheet = ({ secret, onClose }: { secret: string; onClose: () => void }) => (
  <Sheet title="Webhook secret" onClose={onClose}>
    <p>The receiver verifies with it that a request comes from Scout. It is shown only once: save it now.</p>
    <Copy look="line" text={secret} label="Copy the secret" />
    <Button onPress={onClose}>I have saved it</Button>
  </Sheet>
)
