import type { Camera } from '@scout/client'
import { useState } from 'preact/hooks'
import { camera, removeCamera, saveCamera } from '../data/cameras.ts'
import { useSeen, useSubmit } from '../data/use.ts'
import { LocationField, SelectField } from '../kit/field.tsx'
import { Form } from '../kit/form.tsx'
import { ButtonRow, Rows } from '../kit/rows.tsx'
import { Screen } from '../kit/screen.tsx'
import { Seen } from '../kit/seen.tsx'
import { toast } from '../kit/toast.tsx'
import { back, go } from '../router.ts'
import { CameraDevice } from './camera-device.tsx'
import { zonesFor } from './zones.ts'

/** The name, time zone and paired device of a camera. */
export function CameraSettings({ id }: { id: string }) {
  const one = camera(id)
  return (
    <Screen title="Camera settings" onBack={() => back(`/cameras/${id}`)} isNarrow>
      <Seen seen={useSeen(one)} onRetry={one.refresh} shapes={[3, 6]}>
        {(now) => (
          <>
            <NameForm camera={now} />
            <CameraDevice camera={now} />
            <Rows note="This also deletes its rules and pictures, for good.">
              <ButtonRow
                label="Delete this camera"
                icon="trash"
                tone="danger"
                onPress={() => {
                  removeCamera(now)
                  go('/', { replace: true })
                }}
              />
            </Rows>
          </>
        )}
      </Seen>
    </Screen>
  )
}

type Edits = { location?: string; time_zone?: string }

function NameForm({ camera: now }: { camera: Camera }) {
  const [edits, setEdits] = useState<Edits>({})
  const { location, time_zone } = { location: now.location, time_zone: now.time_zone ?? '', ...edits }
  const { submit, isBusy, faults } = useSubmit(async () => {
    await saveCamera(now.public_camera_id, { location, time_zone: time_zone || null })
    setEdits({})
    toast('Saved.')
  })
  return (
    <Form onSubmit={submit} isBusy={isBusy} fault={faults.words} action="Save">
      <LocationField
        maxLength={100}
        value={location}
        onInput={(location) => setEdits({ ...edits, location })}
        fault={faults.fields.location}
      />
      <SelectField
        label="Time zone"
        name="time_zone"
        value={time_zone}
        options={zonesFor(now.time_zone, 'Same as my account')}
        onChange={(time_zone) => setEdits({ ...edits, time_zone })}
        fault={faults.fields.time_zone}
        note="Rules with hours or days use this time zone."
      />
    </Form>
  )
}
