import { expect, it } from 'vitest'
import { zonesFor } from '../../clients/phone/src/screens/zones.ts'

const ALL = ['America/New_York', 'Europe/Berlin', 'Europe/Paris']

it('offers the account’s zone and the phone’s own first, then all others', () => {
  expect(zonesFor(null, 'Same as my account', 'Europe/Berlin', ALL)).toEqual([
    ['', 'Same as my account'],
    ['Europe/Berlin', 'Europe/Berlin (this phone)'],
    ['America/New_York', 'America/New York'],
    ['Europe/Paris', 'Europe/Paris'],
  ])
})

it('keeps a zone that was chosen and that this phone does not know', () => {
  expect(zonesFor('Asia/Calcutta', 'Same as my account', 'Europe/Berlin', ALL).slice(0, 3)).toEqual([
    ['', 'Same as my account'],
    ['Europe/Berlin', 'Europe/Berlin (this phone)'],
    ['Asia/Calcutta', 'Asia/Calcutta'],
  ])
})

it('names the phone’s own once where it is the one chosen', () => {
  expect(zonesFor('Europe/Berlin', 'Same as my account', 'Europe/Berlin', ALL).map(([zone]) => zone)).toEqual(
    ['', 'Europe/Berlin', 'America/New_York', 'Europe/Paris'],
  )
})

it('offers what no choice means once, unless it was chosen by its name', () => {
  const offered = (chosen: string | null, own: string) =>
    zonesFor(chosen, 'UTC', own, ['Europe/Berlin', 'UTC']).map(([zone]) => zone)
  expect(offered(null, 'Europe/Berlin')).toEqual(['', 'Europe/Berlin'])
  expect(offered(null, 'UTC')).toEqual(['', 'Europe/Berlin'])
  expect(offered('UTC', 'Europe/Berlin')).toEqual(['', 'Europe/Berlin', 'UTC'])
})
