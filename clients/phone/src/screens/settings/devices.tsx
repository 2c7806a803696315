import type { Session } from '@scout/client'
import { endSessions, sessions } from '../../data/sessions.ts'
import { useSeen } from '../../data/use.ts'
import type { IconName } from '../../kit/icon.tsx'
import { RowAction } from '../../kit/row-action.tsx'
import { ButtonRow, Row, Rows } from '../../kit/rows.tsx'
import { Screen } from '../../kit/screen.tsx'
import { Seen } from '../../kit/seen.tsx'
import { Tag } from '../../kit/tag.tsx'
import { day } from '../../kit/time.ts'
import { back } from '../../router.ts'

/** The user's sessions. Every session except this one can be ended. */
export function Devices() {
  const all = sessions()
  const seen = useSeen(all)
  return (
    <Screen title="Signed-in devices" onBack={() => back('/settings')} isNarrow>
      <Seen seen={seen} onRetry={all.refresh}>
        {(list) => {
          const others = list.filter(({ is_current }) => !is_current)
          return (
            <>
              <Rows note="A device stays signed in for 90 days after its last use. Signing it out also stops its notifications.">
                {list.map((session) => (
                  <Row key={session.public_session_id} {...rowOf(session)} />
                ))}
              </Rows>
              {others.length > 1 && (
                <Rows>
                  <ButtonRow
                    label="Sign out all others"
                    icon="leave"
                    tone="danger"
                    onPress={() => endSessions(others)}
                  />
                </Rows>
              )}
            </>
          )
        }}
      </Seen>
    </Screen>
  )
}

const rowOf = (session: Session) => ({
  label: session.name,
  icon: (/iPhone|Android/.test(session.name) ? 'phone' : 'globe') as IconName,
  detail: (
    <>
      {`Last used ${lower(day(session.last_used_at))}, signed in ${lower(day(session.created_at))}`}
      {session.is_current && (
        <span class="tags">
          <Tag tone="good">This device</Tag>
        </span>
      )}
    </>
  ),
  ...(!session.is_current && {
    value: (
      <RowAction
        words="Sign out"
        label={`Sign out ${session.name}`}
        tone="danger"
        onPress={() => endSessions([session])}
      />
    ),
  }),
})

const lower = (words: string) => words.replace(/^(Today|Yesterday)/, (word) => word.toLowerCase())
