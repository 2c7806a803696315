import { signal } from '@preact/signals'
import './toast.css'

type Toast = { words: string; undo?: (() => unknown) | undefined; id: number }

const shown = signal<Toast | null>(null)
let last = 0
let timer: ReturnType<typeof setTimeout> | undefined

/** How long a toast and its Undo are shown. */
export const SHOWN_FOR_IN_MS = 6_000

/** Shows a short message, which replaces the one before. Returns a function that hides it. */
export function toast(words: string, undo?: () => unknown) {
  clearTimeout(timer)
  const id = ++last
  shown.value = { words, undo, id }
  timer = setTimeout(hide, SHOWN_FOR_IN_MS)
  return () => {
    if (shown.value?.id === id) hide()
  }
}

/** The place of the toasts: one live region per page, so that screen readers announce them. */
export function Toasts() {
  const { words, undo } = shown.value ?? {}
  return (
    <div class="toasts" role="status">
      {words && (
        <div class="toast" key={shown.value?.id}>
          <span>{words}</span>
          {undo && (
            <button
              type="button"
              onClick={() => {
                hide()
                undo()
              }}
            >
              Undo
            </button>
          )}
        </div>
      )}
    </div>
  )
}

function hide() {
  clearTimeout(timer)
  shown.value = null
}
