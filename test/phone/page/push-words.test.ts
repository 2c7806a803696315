import { expect, it } from 'vitest'
import { PhoneError, faultsIn } from '../../../clients/phone/src/data/faults.ts'
import { ScoutError } from '@scout/client'
import { isHomeScreenMissing } from '../../../clients/phone/src/push/install.ts'
import { OUTCOMES, outcomeWords } from '../../../clients/phone/src/push/words.ts'

const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 Version/26.0 Safari/604.1'
const MAC =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/26.0 Safari/605.1.15'
const PIXEL =
  'Mozilla/5.0 (Linux; Android 16; Pixel 10) AppleWebKit/537.36 Chrome/150.0.0.0 Mobile Safari/537.36'

it.each([
  ['an iPhone’s browser', IPHONE, 5, false, true],
  ['an iPhone’s Home Screen', IPHONE, 5, true, false],
  ['an iPad, which calls itself a Mac', MAC, 5, false, true],
  ['a Mac', MAC, 0, false, false],
  ['a phone with Android', PIXEL, 5, false, false],
])('asks for the Home Screen where it has to: %s', (_, userAgent, maxTouchPoints, isInstalled, isMissing) => {
  expect(isHomeScreenMissing({ userAgent, maxTouchPoints, isInstalled })).toBe(isMissing)
})

it('says how a test went, with the number where it went wrong', () => {
  const words = (outcome: 'sent' | 'gone' | 'later', reason: keyof typeof OUTCOMES, status: number | null) =>
    outcomeWords({ outcome, reason, status })
  expect(words('sent', 'accepted', 201)).toBe('Sent. It should arrive in a moment.')
  expect(words('gone', 'unregistered', 410)).toBe(
    'It is no longer registered and gets no more notifications. (It answered 410.)',
  )
  expect(words('later', 'timed_out', null)).toMatch(/^The receiver did not answer in time\./)
})

const throttled = (seconds: string) =>
  new ScoutError(
    { status: 429, headers: new Headers({ 'Retry-After': seconds }) },
    { detail: `Request was throttled. Expected available in ${seconds} seconds.` },
  )

it.each([
  ['0', 'Too many tries. Try again in a minute.'],
  ['61', 'Too many tries. Try again in 2 minutes.'],
  ['900', 'Too many tries. Try again in 15 minutes.'],
  ['7000', 'Too many tries. Try again in 2 hours.'],
])('says how long to wait after too many tries: %s s', (seconds, words) => {
  expect(faultsIn(throttled(seconds))).toEqual({ words, fields: {} })
})

it('says what this phone cannot do in its own words', () => {
  expect(faultsIn(new PhoneError('It has no camera.'))).toEqual({ words: 'It has no camera.', fields: {} })
})
