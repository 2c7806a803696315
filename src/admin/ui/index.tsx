import { type Entry, FLAG } from '../log.ts'
import { capitalized, type Model } from '../model.ts'
import type { Staff } from '../staff.ts'
import { Moment } from './words.tsx'

type Props = { models: Model[]; all: Model[]; staff: Staff; recent?: Entry[] }

/** The models that this person may see, by app, and their last actions. */
export function Index({ models, all, staff, recent }: Props) {
  const seen = models.filter((model) => staff.may('view', model))
  const apps = [...new Set(seen.map(({ app }) => app.label))]
  return (
    <div class={recent ? 'columns' : ''}>
      <div>
        {apps.map((label) => (
          <Apps models={seen.filter(({ app }) => app.label === label)} staff={staff} />
        ))}
        {apps.length === 0 && <p class="empty">You don’t have permission to view or edit anything.</p>}
      </div>
      {recent && <Recent entries={recent} models={all} staff={staff} />}
    </div>
  )
}

function Apps({ models, staff }: { models: Model[]; staff: Staff }) {
  const [{ app }] = models as [Model]
  return (
    <section class="card app" aria-labelledby={`app-${app.label}`}>
      <h2 id={`app-${app.label}`}>
        <a href={`/admin/${app.label}/`}>{app.title}</a>
      </h2>
      <ul>
        {models.map((model) => (
          <li>
            <a class="model" href={model.path}>
              {capitalized(model.plural)}
            </a>
            {staff.may('add', model) && (
              <a class="add" href={`${model.path}add/`} aria-label={`Add ${model.title}`}>
                Add
              </a>
            )}
            <a class="change" href={model.path} aria-label={`${changeOrView(staff, model)} ${model.plural}`}>
              {changeOrView(staff, model)}
            </a>
          </li>
        ))}
      </ul>
    </section>
  )
}

const changeOrView = (staff: Staff, model: Model) => (staff.may('change', model) ? 'Change' : 'View')

const Recent = ({ entries, models, staff }: { entries: Entry[]; models: Model[]; staff: Staff }) => (
  <aside class="card recent" aria-labelledby="recent">
    <h2 id="recent">Recent actions</h2>
    <h3>My actions</h3>
    {entries.length === 0 && <p class="empty">None available</p>}
    <ul>
      {entries.map((entry) => (
        <Action
          entry={entry}
          staff={staff}
          model={models.find(({ key }) => key === `${entry.app}.${entry.model}`)}
        />
      ))}
    </ul>
  </aside>
)

const VERBS: Record<number, string> = {
  [FLAG.added]: 'added',
  [FLAG.changed]: 'changed',
  [FLAG.deleted]: 'deleted',
}

function Action({ entry, model, staff }: { entry: Entry; model: Model | undefined; staff: Staff }) {
  const verb = VERBS[entry.flag] ?? 'changed'
  const { objectId } = entry
  const isLinked = model && objectId && entry.flag !== FLAG.deleted && staff.may('view', model)
  return (
    <li class={verb}>
      <span class="visually-hidden">{capitalized(verb)}: </span>
      {isLinked ? (
        <a href={`${model.path}${encodeURIComponent(objectId)}/change/`}>{entry.repr}</a>
      ) : (
        <span>{entry.repr}</span>
      )}
      <small>
        {capitalized(model?.title ?? entry.model ?? 'Unknown content')} · <Moment at={entry.at} />
      </small>
    </li>
  )
}
