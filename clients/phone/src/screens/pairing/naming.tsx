import { useState } from 'preact/hooks'
import { claim, isOfSticker } from '../../data/pairing.ts'
import { useSubmit } from '../../data/use.ts'
import { LocationField } from '../../kit/field.tsx'
import { Form } from '../../kit/form.tsx'
import { ButtonRow, Rows } from '../../kit/rows.tsx'
import { Screen } from '../../kit/screen.tsx'
import { useIsThere } from '../../kit/there.ts'
import { toast } from '../../kit/toast.tsx'
import { go } from '../../router.ts'
import { Journey } from './journey.tsx'

/** Asks for the location of a camera with a sticker, and claims the camera. */
export function Naming({ token, onAgain }: { token: string; onAgain: () => void }) {
  const [isRefused, setRefused] = useState(false)
  const isThere = useIsThere()
  const { submit, isBusy, faults } = useSubmit(async ({ location = '' }: Record<string, string>) => {
    try {
      const camera = await claim(token, location)
      // A camera that was claimed before keeps its first location.
      if (camera.location !== location.trim()) toast(`You already have this camera: ${camera.location}.`)
      if (isThere()) go(`/cameras/add?camera=${camera.public_camera_id}`, { replace: true })
    } catch (error) {
      setRefused(isOfSticker(error))
      throw error
    }
  })
  const words = [faults.words, faults.fields.claim_token].filter(Boolean).join(' ')
  return (
    <Screen title="Add a camera" isNarrow onBack={onAgain}>
      <Journey found="Code found" at="place">
        <Form onSubmit={submit} isBusy={isBusy} fault={words} action="Add this camera">
          <LocationField maxLength={50} fault={faults.fields.location} />
        </Form>
        {isRefused && (
          <Rows note="If this camera belongs to someone else, they have to delete it in their app first. Then its sticker works again. If you typed the code, check each character. If the camera has a newer sticker, only that one works.">
            <ButtonRow icon="scan" label="Use another code" onPress={onAgain} />
          </Rows>
        )}
      </Journey>
    </Screen>
  )
}
