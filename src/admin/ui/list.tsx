import { actionsOffered } from '../actions.ts'
import {
  COUNTED,
  cursorOf,
  DATES,
  type ListRow,
  type Page,
  PER_PAGE,
  TIME_LIMIT_IN_SECONDS,
} from '../list.ts'
import { capitalized, type Column, type Filter, type Model, type RowAction } from '../model.ts'
import { Opened, Token } from './page.tsx'
import { counted, numbered, Value } from './words.tsx'

type Props = Page & { model: Model; csrf: string; parameters: URLSearchParams }

/** A model's rows, with search, filters and the actions on many. */
export function List(props: Props) {
  const { model, query } = props
  const { passedOver } = query.search
  return (
    <div class={model.filters ? 'columns list' : 'list'}>
      <div class="results">
        {model.search && <Search {...props} title={model.search.title} />}
        {passedOver.length > 0 && (
          <p class="note warning">
            Not searched for, since there is no letter or digit in it: {passedOver.join(' ')}
          </p>
        )}
        {props.isTooSlow ? <TooSlow {...props} /> : <Rows {...props} />}
      </div>
      {model.filters && <Filters {...props} filters={model.filters} />}
    </div>
  )
}

/** The list's address with some parameters changed or removed; always from its first page. */
function address(parameters: URLSearchParams, changes: Record<string, string | null>) {
  const next = new URLSearchParams(parameters)
  for (const name of ['after', 'before']) next.delete(name)
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) next.delete(name)
    else next.set(name, value)
  }
  return `?${next}`
}

/** The parameters that a form must send in addition to its own. */
const Kept = ({ parameters, except }: { parameters: URLSearchParams; except: string }) => (
  <>
    {[...parameters]
      .filter(([name]) => ![except, 'after', 'before'].includes(name))
      .map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
  </>
)

function Search({ title, ...props }: Props & { title: string }) {
  const { model, query, parameters, total, ofAll } = props
  const isCounted = !props.isTooSlow && (query.search.text !== '' || query.filters.length > 0)
  return (
    <form class="search" role="search" method="get">
      <label class="visually-hidden" for="searchbar">
        {title}
      </label>
      <input
        id="searchbar"
        type="search"
        name="q"
        value={query.search.text}
        placeholder={title}
        maxlength={200}
      />
      <Kept parameters={parameters} except="q" />
      <button>Search</button>
      {isCounted && (
        <span class="count">
          {counted(total, COUNTED)} {total === 1 ? 'result' : 'results'} (
          <a href={model.path}>{counted(ofAll ?? total, COUNTED)} total</a>)
        </span>
      )}
    </form>
  )
}

/** Replaces rows whose query timed out. */
function TooSlow({ model, query }: Props) {
  const unused = (model.filters ?? []).filter(
    ({ parameter }) => !query.filters.some(({ filter }) => filter.parameter === parameter),
  )
  const hints = [
    model.search && 'search for words of three letters at least, the rarer the better',
    unused.length > 0 && `add a filter: by ${unused.map(({ title }) => title).join(', or by ')}`,
    query.sort !== 0 && 'sort by no column, so that the newest come first',
  ].filter((hint) => typeof hint === 'string')
  return (
    <div class="card prose" role="alert">
      <p>
        This took longer than {TIME_LIMIT_IN_SECONDS} seconds and was stopped, since too many {model.plural}{' '}
        had to be looked through.
      </p>
      {hints.length > 0 && <p>To narrow the list down:</p>}
      <ul>
        {hints.map((hint) => (
          <li>{hint}</li>
        ))}
      </ul>
    </div>
  )
}

function Rows(props: Props) {
  const { model, staff, csrf, rows, total } = props
  const actions = actionsOffered(model, staff)
  const canTick = actions.length > 0
  if (rows.length === 0)
    return (
      <>
        <p class="card empty">
          {props.query.cursor ? 'There is nothing on this page any more.' : `0 ${model.plural}`}
        </p>
        <Paging {...props} />
      </>
    )
  return (
    <form method="post" id="changelist">
      <Token csrf={csrf} />
      <Opened />
      {canTick && <Actions actions={actions} count={rows.length} />}
      <div class="card table">
        <table>
          <caption class="visually-hidden">{capitalized(model.plural)}</caption>
          <thead>
            <tr>
              {canTick && (
                <th scope="col" class="tick">
                  <input type="checkbox" id="action-toggle" aria-label="Select all on this page" hidden />
                </th>
              )}
              {model.columns.map((column, index) => (
                <Heading {...props} column={column} number={index + 1} />
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row {...props} row={row} canTick={canTick} />
            ))}
          </tbody>
        </table>
      </div>
      <Paging {...props} />
      <p class="total">{numbered(total, COUNTED, model)}</p>
    </form>
  )
}

const Actions = ({ actions, count }: { actions: RowAction[]; count: number }) => (
  <div class="bulk">
    <label for="action">Action:</label>
    <select id="action" name="action">
      <option value="">---------</option>
      {actions.map(({ name, titles }) => (
        <option value={name}>{titles.many}</option>
      ))}
    </select>
    <button class="quiet">Go</button>
    <span class="selected" data-of={count} hidden aria-live="polite"></span>
  </div>
)

function Heading({ column, number, query, parameters }: Props & { column: Column; number: number }) {
  if (!column.sort) return <th scope="col">{column.title}</th>
  const isUp = query.sort === number
  const isDown = query.sort === -number
  return (
    <th scope="col" {...((isUp || isDown) && { 'aria-sort': isUp ? 'ascending' : 'descending' })}>
      <a class="sort" href={address(parameters, { o: String(isUp ? -number : number) })}>
        {column.title}
        <span aria-hidden="true">{(isUp && ' ↑') || (isDown && ' ↓')}</span>
      </a>
    </th>
  )
}

function Row({ model, parameters, row, canTick }: Props & { row: ListRow; canTick: boolean }) {
  const kept =
    parameters.size > 0 ? `?${new URLSearchParams({ _changelist_filters: String(parameters) })}` : ''
  return (
    <tr>
      {canTick && (
        <td class="tick">
          <input type="checkbox" name="_selected_action" value={row.id} aria-label={`Select ${row.repr}`} />
        </td>
      )}
      {model.columns.map(({ title, as }, index) => {
        const value = <Value of={row.cells[index]} as={as} />
        if (index > 0) return <td data-title={title}>{value}</td>
        return (
          <th scope="row" data-title={title}>
            <a href={`${model.path}${row.id}/change/${kept}`}>{value}</a>
          </th>
        )
      })}
    </tr>
  )
}

function Paging({ parameters, previous, next, query }: Props) {
  if (!query.cursor && !next) return null
  return (
    <nav class="paging" aria-label="Pages">
      {query.cursor && (
        <a class="button quiet" href={address(parameters, {})}>
          First
        </a>
      )}
      {previous && (
        <a class="button quiet" rel="prev" href={address(parameters, { before: cursorOf(previous) })}>
          Previous
        </a>
      )}
      {next && (
        <a class="button quiet" rel="next" href={address(parameters, { after: cursorOf(next) })}>
          Next
        </a>
      )}
      <span>{PER_PAGE} a page</span>
    </nav>
  )
}

function Filters({ filters, ...props }: Props & { filters: Filter[] }) {
  const isFiltered = props.query.filters.length > 0
  const cleared = Object.fromEntries(filters.map(({ parameter }) => [parameter, null]))
  return (
    <aside class="card filters" aria-labelledby="filters">
      <h2 id="filters">Filter</h2>
      {isFiltered && (
        <p>
          <a href={address(props.parameters, cleared)}>Clear all filters</a>
        </p>
      )}
      {filters.map((filter) => (
        <FilterChoices {...props} filter={filter} />
      ))}
    </aside>
  )
}

function FilterChoices({ filter, query, parameters }: Props & { filter: Filter }) {
  const chosen =
    query.filters.find(({ filter: { parameter } }) => parameter === filter.parameter)?.value ?? null
  const id = `filter-${filter.parameter}`
  if (filter.kind === 'owner')
    return (
      <form method="get" class="filter">
        <h3>
          <label for={id}>By {filter.title}</label>
        </h3>
        <Kept parameters={parameters} except={filter.parameter} />
        <div class="inline">
          <input id={id} name={filter.parameter} value={chosen ?? ''} placeholder={filter.help} />
          <button class="quiet">Filter</button>
        </div>
      </form>
    )
  const choices = choicesOf(filter)
  return (
    <div class="filter" role="group" aria-labelledby={id}>
      <h3 id={id}>By {filter.title}</h3>
      <ul>
        {choices.map(([value, title]) => (
          <li>
            <a
              href={address(parameters, { [filter.parameter]: value })}
              {...(value === chosen && { 'aria-current': 'true' })}
            >
              {title}
            </a>
          </li>
        ))}
      </ul>
    </div>
  )
}

function choicesOf(filter: Exclude<Filter, { kind: 'owner' }>): [value: string | null, title: string][] {
  if (filter.kind === 'flag')
    return [
      [null, 'All'],
      ['1', 'Yes'],
      ['0', 'No'],
    ]
  const [all, choices] = filter.kind === 'date' ? ['Any date', DATES] : ['All', filter.choices]
  return [[null, all], ...Object.entries(choices).map(([name, { title }]): [string, string] => [name, title])]
}
