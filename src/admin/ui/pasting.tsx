import type { Pasting } from '../model.ts'
import { Token } from './page.tsx'

type Props = { pasting: Pasting; typed: string; faults: string[]; csrf: string; back: string }

/** A form for a list, a line for each row. */
export const PastingForm = ({ pasting: { label, help }, typed, faults, csrf, back }: Props) => (
  <form method="post" id="row" data-unsaved={typed === '' ? 'no' : 'yes'} novalidate>
    <Token csrf={csrf} />
    <fieldset class="card">
      <legend class="visually-hidden">{label}</legend>
      <div class={faults.length > 0 ? 'line wrong' : 'line'}>
        <label for="id_lines" class="required">
          {label}:
        </label>
        <div>
          {faults.length > 0 && (
            <ul class="errors" id="lines-errors">
              {faults.map((words) => (
                <li>{words}</li>
              ))}
            </ul>
          )}
          <textarea id="id_lines" name="lines" rows={8} required aria-describedby="lines-help">
            {typed}
          </textarea>
          <p class="help" id="lines-help">
            {help}
          </p>
        </div>
      </div>
    </fieldset>
    <div class="actions">
      <button>Save</button>
      <a href={back}>Cancel</a>
    </div>
  </form>
)
