import { signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import './toast.css'

type Toast = {
  words: string
  undo: (() => unknown) | undefined
  onOver: (() => unknown) | undefined
  /** What the keyboard was on. */
  from: Element | null
  id: number
}

const SHOWN_FOR_IN_MS = 6_000
/** With a keyboard or a screen reader it takes a while to come to an Undo. */
const UNDO_FOR_IN_MS = 20_000

const shown = signal<Toast | null>(null)
let last = 0
let timer: ReturnType<typeof setTimeout> | undefined
/** A message that waits until the Undo before it is over. */
let next = ''

/**
 * Shows a short message, which replaces the one before. `onOver` is called when it is over without its Undo, by its time or by the next
 * message. Returns a function that hides it without a call.
 */
export function toast(words: string, undo?: () => unknown, onOver?: () => unknown) {
  const before = shown.value
  const id = ++last
  shown.value = { words, undo, onOver, from: undo ? focusedByKeyboard() : null, id }
  start()
  before?.onOver?.()
  return () => {
    if (shown.value?.id === id) hide()
  }
}

/** Shows a message that takes no Undo away: after it. */
export const toastAfter = (words: string) => void (shown.value?.undo ? (next = words) : toast(words))

/**
 * The place of the toasts: one live region per page, so that screen readers announce them. It is the first thing on the page, so that
 * Undo is a few steps before the heading that a new screen focuses.
 */
export function Toasts() {
  const button = useRef<HTMLButtonElement>(null)
  const { words, undo, from, id } = shown.value ?? {}
  // A row that was deleted has taken the focus of the keyboard with it.
  useEffect(() => {
    if (from?.isConnected === false && document.activeElement === document.body) button.current?.focus()
  }, [id])
  return (
    <div class="toasts" role="status">
      {words && (
        <div
          class="toast"
          key={id}
          onFocusIn={() => clearTimeout(timer)}
          onFocusOut={start}
          // A pointer that rests on it does not hold it for ever.
          onPointerMove={({ currentTarget }) => currentTarget.contains(document.activeElement) || start()}
        >
          <span>{words}</span>
          {undo && (
            <button
              ref={button}
              type="button"
              onClick={({ detail }) => {
                hide()
                undo()
                // By keyboard: the button had the focus.
                if (detail === 0) document.querySelector('h1')?.focus({ preventScroll: true })
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

function start() {
  clearTimeout(timer)
  timer = setTimeout(end, shown.value?.undo ? UNDO_FOR_IN_MS : SHOWN_FOR_IN_MS)
}

function end() {
  const over = shown.value
  hide()
  over?.onOver?.()
}

function hide() {
  clearTimeout(timer)
  shown.value = null
  const words = next
  next = ''
  if (words) toast(words)
}

function focusedByKeyboard() {
  const at = document.activeElement
  return at?.matches(':focus-visible') ? at : null
}
