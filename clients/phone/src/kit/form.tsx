import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { Button } from './button.tsx'
import './form.css'

type FormProps = {
  /** Gets the values of the fields by name. */
  onSubmit: (values: Record<string, string>) => unknown
  /** An error of the whole form. */
  fault?: string | undefined
  /** The label of its button. */
  action: string
  /** The look of its button. */
  look?: 'filled' | 'danger'
  isBusy: boolean
  children: ComponentChildren
}

/** Fields and a submit button. An error is shown above them, and focus moves to the first invalid field. */
export function Form({ onSubmit, fault, action, look = 'filled', isBusy, children }: FormProps) {
  const form = useRef<HTMLFormElement>(null)
  // A form that checks its values itself is never busy.
  const [tries, setTries] = useState(0)
  useEffect(() => {
    if (!isBusy) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [isBusy, tries])
  return (
    <form
      ref={form}
      class="form"
      onSubmit={(event) => {
        event.preventDefault()
        const values = Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>
        if (isBusy) return
        onSubmit(values)
        setTries(tries + 1)
      }}
    >
      <div role="alert">{fault && <p class="form-fault">{fault}</p>}</div>
      {children}
      <Button type="submit" look={look} isBusy={isBusy}>
        {action}
      </Button>
    </form>
  )
}
