import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { IconButton } from './button.tsx'
import './sheet.css'

/**
 * A sheet over the screen, which slides up on a phone. It is open while it is rendered. Escape, a tap outside and the close button call
 * `onClose`, unless it `isBusy`. The browser restores the focus.
 */
export function Sheet({
  title,
  onClose,
  isBusy = false,
  children,
}: {
  title: string
  onClose: () => void
  isBusy?: boolean
  children: ComponentChildren
}) {
  const id = useId()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const { current } = dialog
    current?.showModal()
    return () => current?.close()
  }, [])
  const close = () => isBusy || onClose()
  return (
    <dialog
      ref={dialog}
      class="sheet"
      // Chromium closes on a second Escape without asking.
      closedby={isBusy ? 'none' : 'closerequest'}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault()
        close()
      }}
      onClick={(event) => event.target === event.currentTarget && close()}
    >
      <div class="sheet-inside">
        <header>
          <h2 id={id}>{title}</h2>
          <IconButton icon="close" label="Close" isDisabled={isBusy} onPress={close} />
        </header>
        {children}
      </div>
    </dialog>
  )
}
