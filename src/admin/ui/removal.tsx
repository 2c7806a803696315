import { COUNTED } from '../list.ts'
import { type Kind, NAMED } from '../removal.ts'
import type { Staff } from '../staff.ts'
import { Token } from './page.tsx'
import { capitalized, type Model, type Named } from '../model.ts'
import { counted, numbered } from './words.tsx'

type Props = {
  model: Model
  staff: Staff
  csrf: string
  rows: Named[]
  count: number
  kinds: Kind[]
  /** Rows that only superusers may delete. */
  barred: Named[]
  /** The ids of a bulk delete; null on the page of one row. */
  ids: string[] | null
  back: string
}

/** Asks for confirmation of a deletion with all related rows, or says why it is not possible. */
export function Removal({ model, staff, csrf, rows, count, kinds, barred, ids, back }: Props) {
  const outOfReach = kinds.filter((kind) => kind.isOutOfReach)
  const gone = kinds.filter((kind) => kind.count > 0)
  const what = ids
    ? `the selected ${count === 1 ? model.title : model.plural}`
    : `the ${model.title} “${rows[0]?.repr}”`
  if (outOfReach.length > 0 || barred.length > 0)
    return (
      <div class="card prose">
        {outOfReach.length > 0 && (
          <>
            <p>
              Deleting {what} would result in deleting related objects, but your account doesn’t have
              permission to delete the following types of objects:
            </p>
            <ul>
              {outOfReach.map(({ title }) => (
                <li>{title}</li>
              ))}
            </ul>
          </>
        )}
        {barred.length > 0 && (
          <>
            <p>Only superusers can delete:</p>
            <Rows rows={barred} count={barred.length} model={model} staff={staff} />
          </>
        )}
        <Back href={back} />
      </div>
    )
  return (
    <div class="card prose">
      <p>
        Are you sure you want to delete {what}?{' '}
        {ids
          ? 'All of the following objects and their related items will be deleted:'
          : 'All of the following related items will be deleted:'}
      </p>
      <h2>Summary</h2>
      <ul>
        <li>{capitalized(numbered(count, COUNTED, model))}</li>
        {gone.map((kind) => (
          <li>{capitalized(numbered(kind.count, COUNTED, kind))}</li>
        ))}
      </ul>
      <h2>Objects</h2>
      <Rows rows={rows} count={count} model={model} staff={staff} />
      {gone.map((kind) => (
        <>
          <h3>{capitalized(kind.plural)}</h3>
          <Rows rows={kind.rows} count={kind.count} model={kind.model} staff={staff} />
        </>
      ))}
      {model.alsoLost && <p>{model.alsoLost}</p>}
      <form class="actions" method="post">
        <Token csrf={csrf} />
        <input type="hidden" name="post" value="yes" />
        {ids && <input type="hidden" name="action" value="delete_selected" />}
        {ids?.map((id) => (
          <input type="hidden" name="_selected_action" value={id} />
        ))}
        <button class="danger">Yes, I’m sure</button>
        <Back href={back} />
      </form>
    </div>
  )
}

const Back = ({ href }: { href: string }) => (
  <a class="button quiet" href={href}>
    No, take me back
  </a>
)

type RowsProps = { rows: Named[]; count: number; model: Model | null; staff: Staff }
const Rows = ({ rows, count, model, staff }: RowsProps) => (
  <ul>
    {rows.map(({ id, repr }) => (
      <li>{model && staff.may('view', model) ? <a href={`${model.path}${id}/change/`}>{repr}</a> : repr}</li>
    ))}
    {count > rows.length && rows.length === NAMED && (
      <li>and {counted(count > COUNTED ? count : count - rows.length, COUNTED)} more</li>
    )}
  </ul>
)
