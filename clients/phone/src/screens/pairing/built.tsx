import { useEffect, useState } from 'preact/hooks'
import { forgetInvitation, type Invitation, invite, lastInvitation } from '../../data/pairing.ts'
import { useSubmit } from '../../data/use.ts'
import { LocationField } from '../../kit/field.tsx'
import { Form } from '../../kit/form.tsx'
import { Screen } from '../../kit/screen.tsx'
import { back } from '../../router.ts'
import { Code } from './code.tsx'
import { Journey } from './journey.tsx'

/** Adds a camera that the user built: asks for its location, shows a pairing code, waits for the camera. */
export function Built() {
  const [invitation, setInvitation] = useState<Invitation | null>()
  useEffect(() => void lastInvitation().then(setInvitation), [])
  const { submit, isBusy, faults } = useSubmit(async ({ location = '' }: Record<string, string>) =>
    setInvitation(await invite(location)),
  )
  function giveUp() {
    void forgetInvitation()
    setInvitation(null)
  }
  return (
    <Screen title="A camera I built" isNarrow onBack={() => back('/cameras/add')}>
      {invitation && <Code invitation={invitation} onRenewed={setInvitation} onOther={giveUp} />}
      {invitation === null && (
        <Journey order={['place', 'code', 'picture', 'rule']} at="place" found="Pairing code">
          <Form onSubmit={submit} isBusy={isBusy} fault={faults.words} action="Show the code">
            <LocationField maxLength={100} fault={faults.fields.location} />
          </Form>
        </Journey>
      )}
    </Screen>
  )
}
