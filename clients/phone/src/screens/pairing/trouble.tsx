import { useEffect, useState } from 'preact/hooks'
import type { Phase } from '../../data/phase.ts'
import { serviceUrl } from '../../data/session.ts'
import { Copy } from '../../kit/copy.tsx'

/** How long a first picture may normally take. */
const PATIENCE_IN_MS = 60_000

const HOST = new URL(serviceUrl).host

/** What may delay the picture, and what to do. Shown after a while, or at once if waiting is pointless. */
const WORDS: Record<Exclude<Phase, 'here'>, string[]> = {
  unplugged: [
    'Is it plugged in? It takes a minute or two to start.',
    'Is its network connected to the internet? With a cable it needs no password.',
    `Does its network allow access to ${HOST}?`,
    'Unplug it, wait ten seconds, and plug it in again: a camera connects to Scout when it starts.',
  ],
  silent: [
    'Is the program running? It prints what is wrong.',
    `Can its computer reach ${HOST}?`,
    'Is its clock right? After a long time off it may be days behind.',
  ],
  heard: [
    'Can it see anything? Check for a lens cap and a loose cable.',
    'If you built the camera, run the command “check” with the same source. It says what does not work.',
    'Otherwise unplug it, wait ten seconds, and plug it in again.',
  ],
  revoked: [
    'The access of this camera was revoked, so it cannot send anything. Delete it, then add it again.',
  ],
  nothing: ['No device is paired here yet. Delete this camera, then add it with a code or a sticker.'],
}

export function Trouble({ phase }: { phase: Exclude<Phase, 'here'> }) {
  const [isLong, setLong] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), PATIENCE_IN_MS)
    return () => clearTimeout(timer)
  }, [])
  const isEnd = phase === 'revoked' || phase === 'nothing'
  return (
    <>
      {phase === 'silent' && (
        <>
          <p>Start it with drawn test pictures first:</p>
          <Copy look="line" text="npm run camera -- run --source demo" label="Copy the command" />
          <p class="muted">
            Then replace demo with your own source: the rtsp or http address of a camera, /dev/video0, or
            rpicam.
          </p>
        </>
      )}
      <div role="status">
        {(isLong || isEnd) && (
          <div class="trouble">
            {!isEnd && <p>This takes longer than it should.</p>}
            <ul>
              {WORDS[phase].map((words) => (
                <li key={words}>{words}</li>
              ))}
            </ul>
          </div>
        )}
      </div>
    </>
  )
}
