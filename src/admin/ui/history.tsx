import { type Entry, messageOf } from '../log.ts'
import { Moment, Value } from './words.tsx'

/** The log of one row. */
export function History({ entries, older }: { entries: Entry[]; older: string | null }) {
  if (entries.length === 0)
    return (
      <p class="card empty">
        This object doesn’t have a change history. It probably wasn’t added via this admin site.
      </p>
    )
  return (
    <>
      <div class="card table">
        <table>
          <thead>
            <tr>
              <th scope="col">Date/time</th>
              <th scope="col">User</th>
              <th scope="col">Action</th>
            </tr>
          </thead>
          <tbody>
            {entries.map((entry) => (
              <tr>
                <th scope="row" data-title="Date/time">
                  <Moment at={entry.at} />
                </th>
                <td data-title="User">
                  <Value of={entry.by} />
                </td>
                <td data-title="Action">
                  <Value of={messageOf(entry)} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {older && (
        <p class="paging">
          <a class="button quiet" href={older}>
            Older
          </a>
        </p>
      )}
    </>
  )
}
