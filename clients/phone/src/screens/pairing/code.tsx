import { useState } from 'preact/hooks'
import { cameras } from '../../data/cameras.ts'
import { wordsOf } from '../../data/faults.ts'
import { cameraOf, forgetInvitation, type Invitation, invite } from '../../data/pairing.ts'
import { serviceUrl } from '../../data/session.ts'
import { useSubmit } from '../../data/use.ts'
import { Button, Spinner } from '../../kit/button.tsx'
import { Copy } from '../../kit/copy.tsx'
import { useEvery, useNow } from '../../kit/every.ts'
import { useIsThere } from '../../kit/there.ts'
import { left } from '../../kit/time.ts'
import { go } from '../../router.ts'
import { Journey } from './journey.tsx'

type CodeProps = {
  invitation: Invitation
  onRenewed: (invitation: Invitation) => void
  onOther: () => void
}

/** Shows a pairing code, and continues when a camera has used it. */
export function Code({ invitation, onRenewed, onOther }: CodeProps) {
  const { location, code, until, before } = invitation
  const [trouble, setTrouble] = useState('')
  const isThere = useIsThere()
  const timeLeft = left(until, useNow(1_000))
  const { submit: renew, isBusy, faults } = useSubmit(async () => onRenewed(await invite(location, before)))
  // The camera may have used the code just before it expired, so keep looking after that.
  useEvery(3_000, async () => {
    try {
      const camera = await cameraOf(invitation)
      setTrouble('')
      if (!camera) return
      void forgetInvitation()
      void cameras().refresh()
      if (isThere()) go(`/cameras/add?camera=${camera.public_camera_id}`, { replace: true })
    } catch (error) {
      setTrouble(wordsOf(error))
    }
  })
  return (
    <Journey
      order={['place', 'code', 'picture', 'rule']}
      at="code"
      place={`Location: ${location}`}
      found="Enter this code on the camera"
    >
      {timeLeft ? (
        <>
          <div class="card pairing-code">
            <Copy look="large" text={code} label="Copy the code" />
            <p class="muted">For one camera, {timeLeft}</p>
          </div>
          <p>On the camera, in Scout’s folder, run:</p>
          <Copy
            look="line"
            text={`npm run camera -- pair ${code} --service ${serviceUrl}`}
            label="Copy the command"
          />
          {isOnlyHere(serviceUrl) && (
            <p class="muted">
              This address works on this computer only. For a camera elsewhere, open Scout at an address that
              the camera can reach.
            </p>
          )}
          <p class="waiting" role="status">
            <Spinner /> <span>{trouble || 'Waiting for the camera …'}</span>
          </p>
        </>
      ) : (
        <>
          <p role="status">The code {code} has expired.</p>
          {faults.words && <p class="form-fault">{faults.words}</p>}
          <Button isBusy={isBusy} onPress={() => renew(undefined)}>
            Get a new code
          </Button>
        </>
      )}
      <Button look="plain" onPress={onOther}>
        Change the location
      </Button>
    </Journey>
  )
}

const isOnlyHere = (url: string) => /^(localhost|127\.|\[::1\])/.test(new URL(url).hostname)
