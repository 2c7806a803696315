import { useEffect, useRef, useState } from 'preact/hooks'
import { tokenIn } from '../../data/sticker.ts'
import { Button } from '../../kit/button.tsx'
import { LinkRow, Rows } from '../../kit/rows.tsx'
import { Screen } from '../../kit/screen.tsx'
import { Empty } from '../../kit/seen.tsx'
import { back, to } from '../../router.ts'
import { type Blind, watchLens } from '../../scan/lens.ts'
import { PhotoRow } from './photo.tsx'

const TYPED = 'Or type the code below the QR code.'

/** Why scanning does not work, and what to do instead. */
const BLIND: Record<Blind, [title: string, words: string]> = {
  insecure: [
    'Scanning needs HTTPS',
    `Browsers allow the camera over HTTPS only. Open Scout at an address that starts with https. ${TYPED}`,
  ],
  refused: [
    'No access to the camera',
    `Allow it in the browser's settings for this site, or in the phone's settings for the browser. ${TYPED}`,
  ],
  missing: ['No camera found', `This device has no camera that a browser can use. ${TYPED}`],
  busy: ['The camera is in use', `Close the app or the tab that uses it, then try again. ${TYPED}`],
  failed: ['The camera did not start', `Try again, or restart the browser. ${TYPED}`],
  unread: [
    'The code cannot be read right now',
    `The QR code reader could not be loaded. Are you online? ${TYPED}`,
  ],
}

const SEEN = {
  starting: 'Starting the camera …',
  seeing: 'Hold the sticker in the frame.',
  other: 'This QR code is not from a Scout camera.',
}

/** Scans the sticker with this device's camera, and releases the camera when the user leaves. */
export function Scan({ onToken }: { onToken: (token: string) => void }) {
  const video = useRef<HTMLVideoElement>(null)
  const [is, setIs] = useState<keyof typeof SEEN | Blind>('starting')
  const [attempt, setAttempt] = useState(0)
  useEffect(() => {
    const stop = new AbortController()
    function onText(text: string) {
      const token = tokenIn(text)
      if (!token) return setIs('other')
      navigator.vibrate?.(30)
      onToken(token)
    }
    void watchLens(video.current!, { onText, onSeeing: () => setIs('seeing'), stop: stop.signal }).then(
      (why) => why && setIs(why),
    )
    return () => stop.abort()
  }, [attempt])
  function again() {
    setIs('starting')
    setAttempt(attempt + 1)
  }
  return (
    <Screen title="Scan the sticker" isNarrow onBack={() => back('/cameras/add')}>
      {is in BLIND ? (
        <BlindWords why={is as Blind} onRetry={again} />
      ) : (
        <figure class="viewfinder" data-is={is}>
          <div class="viewfinder-frame">
            <video ref={video} muted playsInline aria-label="What this device’s camera sees" />
          </div>
          <figcaption>
            <span role="status">{SEEN[is as keyof typeof SEEN]}</span>
          </figcaption>
        </figure>
      )}
      <Rows>
        <LinkRow icon="keyboard" label="Type the code" href={to('/cameras/add?by=code')} />
        <PhotoRow onToken={onToken} />
      </Rows>
    </Screen>
  )
}

function BlindWords({ why, onRetry }: { why: Blind; onRetry: () => void }) {
  const [title, words] = BLIND[why]
  return (
    <div role="alert">
      <Empty
        icon="scan"
        title={title}
        action={why !== 'insecure' && <Button onPress={onRetry}>Try again</Button>}
      >
        {words}
      </Empty>
    </div>
  )
}
