import { useState } from 'preact/hooks'
import { tokenIn } from '../../data/sticker.ts'
import { FileRow } from '../../kit/file-row.tsx'
import { textsIn } from '../../scan/reader.ts'

const WORDS = {
  none: 'No QR code was found in this photo. Move closer, and keep the sticker flat and in good light.',
  other: 'The QR code in this photo is not from a Scout camera.',
  unreadable: 'This photo could not be read. Choose another one, or take a new one.',
}

/** Reads the sticker's code from a photo in the library. */
export function PhotoRow({ onToken }: { onToken: (token: string) => void }) {
  const [state, setState] = useState<'idle' | 'busy' | keyof typeof WORDS>('idle')
  async function read(photo: File) {
    setState('busy')
    const texts = await textsIn(photo).catch(() => null)
    const [token] = (texts ?? []).flatMap((text) => tokenIn(text) ?? [])
    if (token) return onToken(token)
    setState(faultOf(texts))
  }
  return (
    <>
      <FileRow
        icon="photo"
        label="From a photo"
        accept="image/*"
        isBusy={state === 'busy'}
        {...(state === 'busy' && { detail: 'Looking for the code …' })}
        onFile={read}
      />
      <div role="alert">
        {state !== 'idle' && state !== 'busy' && <p class="row-fault">{WORDS[state]}</p>}
      </div>
    </>
  )
}

function faultOf(texts: string[] | null) {
  if (texts === null) return 'unreadable'
  return texts.length === 0 ? 'none' : 'other'
}
