import type { Event } from '@scout/client'
import { useState } from 'preact/hooks'
import { Boxes } from '../kit/boxes.tsx'
import { Button } from '../kit/button.tsx'
import { Enlarged, Large } from '../kit/large.tsx'
import { Rows, SwitchRow } from '../kit/rows.tsx'
import { closeSheet, openSheet, showSheet } from './sheets.ts'

type Shown = {
  picture: string | null
  clip: string | null
  label: string
  labels?: Event['labels']
  /** The text to show if there is no picture. */
  missing: string
}

/** The picture, which can be enlarged, with its clip and the boxes of the camera's detector if there are any. */
export function EventPicture({ picture, clip, label, labels = [], missing }: Shown) {
  const [isPlaying, setPlaying] = useState(false)
  const [hasBoxes, setBoxes] = useState(false)
  return (
    <div class="event-picture">
      {isPlaying && clip ? (
        <video class="event-clip" src={clip} controls autoplay playsInline aria-label={`Clip: ${label}`} />
      ) : (
        <Large url={picture} label={label} missing={missing} onOpen={() => showSheet('picture')}>
          {hasBoxes && <Boxes boxes={labels.map(({ label: name, box }) => ({ name, box }))} />}
        </Large>
      )}
      {clip && (
        <Button look="tinted" onPress={() => setPlaying(!isPlaying)}>
          {isPlaying ? 'Show the picture' : 'Play the clip'}
        </Button>
      )}
      {labels.length > 0 && !isPlaying && (
        <Rows>
          <SwitchRow
            label="Show what the camera found"
            detail={[...new Set(labels.map((one) => one.label))].join(', ')}
            isOn={hasBoxes}
            onChange={setBoxes}
          />
        </Rows>
      )}
      {picture && openSheet() === 'picture' && <Enlarged url={picture} label={label} onClose={closeSheet} />}
    </div>
  )
}
