import type { FieldFaults } from '../entries.ts'
import { PasswordHelp } from './form.tsx'
import { Token } from './page.tsx'

const LINES = [
  ['old_password', 'Old password', 'old_password'],
  ['new_password1', 'New password', 'new_password'],
  ['new_password2', 'New password confirmation', null],
] as const

/** The form to change one's own password. */
export const OwnPassword = ({ csrf, faults }: { csrf: string; faults: FieldFaults }) => (
  <form method="post" id="row" novalidate>
    <Token csrf={csrf} />
    {Object.keys(faults).length > 0 && (
      <p class="note error" role="alert">
        Please correct the error{Object.keys(faults).length > 1 && 's'} below.
      </p>
    )}
    <fieldset class="card">
      <legend class="visually-hidden">Change password</legend>
      <p class="help">
        Please enter your old password, for security’s sake, and then enter your new password twice so we can
        verify you typed it in correctly.
      </p>
      {LINES.map(([name, label, faulty]) => (
        <div class="line">
          <label for={`id_${name}`} class="required">
            {label}:
          </label>
          <div>
            {faulty && faults[faulty] && (
              <ul class="errors" id={`id_${name}_error`}>
                {faults[faulty].map((words) => (
                  <li>{words}</li>
                ))}
              </ul>
            )}
            <input
              type="password"
              id={`id_${name}`}
              name={name}
              required
              autocomplete={name === 'old_password' ? 'current-password' : 'new-password'}
              {...(faulty &&
                faults[faulty] && { 'aria-invalid': 'true', 'aria-describedby': `id_${name}_error` })}
            />
            {name === 'new_password1' && <PasswordHelp />}
          </div>
        </div>
      ))}
    </fieldset>
    <div class="actions">
      <button>Change my password</button>
    </div>
  </form>
)
