import { expect, it } from 'vitest'
import { isWithin, match } from '../../../clients/phone/src/match.ts'

it.each([
  ['/', '/', {}],
  ['/', '/cameras', null],
  ['/cameras/:id', '/cameras/17', { id: '17' }],
  ['/cameras/:id', '/cameras/17/', { id: '17' }],
  ['/cameras/:id', '/cameras/', null],
  ['/cameras/:id', '/cameras/17/settings', null],
  ['/cameras/add', '/cameras/17', null],
  ['/cameras/:id/rules/:rule', '/cameras/17/rules/a%20b', { id: '17', rule: 'a b' }],
  ['/cameras/:id', '/cameras/%E0%A4', { id: '%E0%A4' }],
])('%s at %s is %o', (pattern, path, params) => {
  expect(match(pattern, path)).toEqual(params)
})

it.each([
  ['https://scout.example.com/app/cameras', 'https://scout.example.com/app/', '/app', true],
  ['https://scout.example.com/app', 'https://scout.example.com/app/', '/app', true],
  ['https://scout.example.com/apple', 'https://scout.example.com/app/', '/app', false],
  ['https://example.com/app/', 'https://scout.example.com/app/', '/app', false],
  ['http://scout.example.com/app/', 'https://scout.example.com/app/', '/app', false],
  ['https://scout.example.com:8443/app/', 'https://scout.example.com/app/', '/app', false],
  ['capacitor://localhost/cameras/17', 'capacitor://localhost/', '', true],
  ['https://localhost/cameras/17', 'capacitor://localhost/', '', false],
  ['capacitor://elsewhere/cameras/17', 'capacitor://localhost/', '', false],
])('%s is a place of the app at %s, below "%s": %s', (link, here, base, is) => {
  expect(isWithin(new URL(link), new URL(here), base)).toBe(is)
})
