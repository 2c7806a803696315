import { useRef } from 'preact/hooks'
import { cameras } from '../data/cameras.ts'
import { asShown, countUnseen } from '../data/marks.ts'
import { loadMore, lookAgain, markAllSeen, timeline, unseen } from '../data/notifications.ts'
import { byDay, type Filters, filtersIn, idOf, queryOf } from '../data/timeline.ts'
import { useSeen } from '../data/use.ts'
import { Button, ButtonLink, IconButton } from '../kit/button.tsx'
import { End, More } from '../kit/more.tsx'
import { Pull } from '../kit/pull.tsx'
import { Screen } from '../kit/screen.tsx'
import { Empty, Seen } from '../kit/seen.tsx'
import { useSteady } from '../kit/steady.ts'
import { day } from '../kit/time.ts'
import { address, to } from '../router.ts'
import { FilterChips, FilterSheet } from './timeline-filter.tsx'
import { ToldRow } from './told-row.tsx'
import '../kit/rows.css'
import './timeline.css'

/**
 * The notifications of all cameras, newest first. Opening one marks it as seen, and a button marks all. Showing one in the list does
 * not: a seen notification is not pushed any more, and a page may be open with nobody looking.
 */
export function TimelineScreen() {
  const { search } = address.value
  const filters = filtersIn(search)
  const of = timeline(filters)
  const list = useRef<HTMLDivElement>(null)
  const seen = useSeen(of)
  useSteady(list, '.told')
  const withSheet = new URLSearchParams({ ...filters, sheet: 'filter' })
  return (
    <Screen
      title="Timeline"
      actions={<IconButton icon="filter" label="Filter" href={to(`/timeline?${withSheet}`)} />}
    >
      <Pull onPull={() => lookAgain(filters)}>
        <div class="timeline" ref={list}>
          <Above filters={filters} />
          <Seen seen={seen} onRetry={of.refresh} shapes={[5, 6]}>
            {({ told, hasMore }) => {
              const shown = asShown(told)
              const end = told.at(-1)
              if (shown.length === 0 && !hasMore) return <None filters={filters} />
              return (
                <>
                  {byDay(shown).map(([date, some]) => (
                    <section key={date} class="told-day" aria-labelledby={`day-${date}`}>
                      <h2 id={`day-${date}`}>{day(`${date}T12:00`)}</h2>
                      <ul class="card">
                        {some.map((one) => (
                          <li key={idOf(one)}>
                            <ToldRow told={one} query={queryOf(filters)} />
                          </li>
                        ))}
                      </ul>
                    </section>
                  ))}
                  {hasMore ? (
                    <More key={end && idOf(end)} onMore={() => loadMore(filters)} />
                  ) : (
                    <End words="That is everything." />
                  )}
                </>
              )
            }}
          </Seen>
        </div>
      </Pull>
      {search.get('sheet') === 'filter' && <FilterSheet filters={filters} />}
    </Screen>
  )
}

/** The active filters, and the button that marks all as seen. */
function Above({ filters }: { filters: Filters }) {
  const news = useSeen(unseen())
  const hasNew = 'value' in news && countUnseen(news.value.told) > 0
  if (!hasNew && queryOf(filters) === '') return null
  return (
    <div class="timeline-above">
      <FilterChips filters={filters} />
      {hasNew && (
        <Button look="plain" icon="check" onPress={() => markAllSeen(filters)}>
          Mark all as seen
        </Button>
      )}
    </div>
  )
}

function None({ filters }: { filters: Filters }) {
  const seen = useSeen(cameras())
  if (queryOf(filters) !== '')
    return (
      <Empty
        icon="filter"
        title="No matches"
        action={<ButtonLink href={to('/timeline')}>Show everything</ButtonLink>}
      >
        No notifications match this filter.
      </Empty>
    )
  const hasNone = seen.state === 'fresh' && seen.value.length === 0
  return (
    <Empty
      icon="bell"
      title="No notifications yet"
      action={
        hasNone ? (
          <ButtonLink href={to('/cameras/add')}>Add a camera</ButtonLink>
        ) : (
          <ButtonLink href={to('/')}>Go to your cameras</ButtonLink>
        )
      }
    >
      {hasNone
        ? 'Add your first camera and write a rule for it.'
        : 'Choose a camera and write a rule. What it finds is listed here.'}
    </Empty>
  )
}
