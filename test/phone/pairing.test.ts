import type { Camera, Device } from '@scout/client'
import { describe, expect, it } from 'vitest'
import { type Arrival, phaseOf } from '../../clients/phone/src/data/phase.ts'
import { left } from '../../clients/phone/src/kit/time.ts'

const AT = '2026-11-27T12:00:00Z'
const minutesBefore = (minutes: number) => Date.parse(AT) - minutes * 60_000

describe('the time left', () => {
  it.each([
    [15, '15 minutes left'],
    [14.9, '14 minutes left'],
    [2, '2 minutes left'],
    [1.99, '1 minute left'],
    [1, '1 minute left'],
    [0.99, 'less than a minute left'],
    [0.001, 'less than a minute left'],
    [0, null],
    [-5, null],
  ])('%s minutes before is: %s', (minutes, words) => {
    expect(left(AT, minutesBefore(minutes))).toBe(words)
  })
})

describe('a camera that is new', () => {
  const camera = (last_seen_at: string | null) => ({ last_seen_at }) as Camera
  const built = { public_device_id: 'd', is_online: false } as Device
  const sold = { ...built, device_id: '10000000a1b2c3d4' }

  it.each<[string, Partial<Arrival>]>([
    ['unplugged', { device: sold }],
    ['silent', { device: built }],
    ['heard', { device: sold, camera: camera(AT) }],
    ['heard', { device: built, camera: camera(AT) }],
    ['here', { device: built, camera: camera(AT), picture: 'https://bucket/1.jpg' }],
    // A preview may also come before the first heartbeat.
    ['here', { device: sold, picture: 'https://bucket/1.jpg' }],
    ['revoked', { device: { ...sold, revoked_at: AT }, camera: camera(AT) }],
    ['revoked', { device: { ...sold, revoked_at: AT }, camera: camera(AT), picture: 'https://bucket/1.jpg' }],
    // Whoever uploads without a device has a picture all the same.
    ['here', { picture: 'https://bucket/1.jpg' }],
    ['nothing', {}],
  ])('is %s', (phase, known) => {
    expect(phaseOf({ camera: camera(null), device: null, picture: null, ...known })).toBe(phase)
  })
})
