import type { ComponentChildren, VNode } from 'preact'
import { expect, it } from 'vitest'
import { Seen } from '../../../clients/phone/src/kit/seen.tsx'
import { clock } from '../../../clients/phone/src/kit/time.ts'

/** The text of what a component returned. */
function textOf(drawn: ComponentChildren): string {
  if (Array.isArray(drawn)) return drawn.map(textOf).join('')
  if (typeof drawn !== 'object' || drawn === null) return typeof drawn === 'string' ? drawn : ''
  return textOf((drawn as VNode<{ children?: ComponentChildren }>).props.children)
}
const textOfStale = (asOf: number, why: string) =>
  textOf(
    Seen({
      seen: { state: 'stale', value: ['a'], asOf, why },
      onRetry() {},
      children: ([first]) => first,
    }),
  )
const DAY_IN_MS = 24 * 60 * 60_000

it('says of what day an answer is that could not be refreshed', () => {
  const [now, before] = [Date.now(), Date.now() - DAY_IN_MS]
  expect(textOfStale(now, 'You are offline.')).toBe(`You are offline. Last updated at ${clock(now)}.a`)
  expect(textOfStale(before, 'You are offline.')).toContain(`Last updated yesterday, ${clock(before)}.`)
})

it('says nothing while one is refreshed', () => {
  expect(textOfStale(Date.now(), '')).toBe('a')
})
