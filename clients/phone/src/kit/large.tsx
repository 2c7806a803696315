import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { IconButton } from './button.tsx'
import { Icon } from './icon.tsx'
import './large.css'

/** A whole picture, as large as fits. A tap calls `onOpen`. Children are drawn over it and placed in shares of it. */
export function Large({
  url,
  label,
  missing,
  onOpen,
  children,
}: {
  url: string | null
  label: string
  /** The text to show if there is no picture. */
  missing: string
  onOpen: () => void
  children?: ComponentChildren
}) {
  const [isThere, setThere] = useState(false)
  // A signed URL changes from time to time, so a new one may work.
  const [failed, setFailed] = useState<string>()
  if (url === null || url === failed)
    return (
      <div class="large-missing">
        <Icon name="photo" size={40} />
        <span>{missing}</span>
      </div>
    )
  return (
    <button
      class="large"
      type="button"
      aria-label={`Enlarge: ${label}`}
      data-is={isThere ? 'there' : 'loading'}
      onClick={onOpen}
    >
      <img src={url} alt={label} onLoad={() => setThere(true)} onError={() => setFailed(url)} />
      {isThere && children}
    </button>
  )
}

/** A full-screen picture: a tap zooms in at that point, another tap zooms out; pinching works too. */
export function Enlarged({ url, label, onClose }: { url: string; label: string; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const [isNear, setNear] = useState(false)
  useEffect(() => {
    const { current } = dialog
    current?.showModal()
    return () => current?.close()
  }, [])
  function step(event: MouseEvent) {
    const image = event.currentTarget as HTMLElement
    const { left, top, width, height } = image.getBoundingClientRect()
    const [x, y] = [(event.clientX - left) / width, (event.clientY - top) / height]
    setNear(!isNear)
    requestAnimationFrame(() => {
      const { current } = dialog
      current?.scrollTo(
        x * current.scrollWidth - current.clientWidth / 2,
        y * current.scrollHeight - current.clientHeight / 2,
      )
    })
  }
  return (
    <dialog
      ref={dialog}
      class="enlarged"
      aria-label={label}
      data-near={isNear || undefined}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
    >
      <span class="enlarged-close">
        <IconButton icon="close" label="Close" onPress={onClose} />
      </span>
      <button type="button" aria-label={isNear ? 'Zoom out' : 'Zoom in'} onClick={step}>
        <img src={url} alt={label} />
      </button>
    </dialog>
  )
}
