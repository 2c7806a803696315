import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import { app } from '../src/app.ts'
import { newRequestId, send } from './support/client.ts'
import { aCamera, aUser } from './support/factories.ts'

describe('the line of a request', () => {
  it('names the route by its pattern, and what it took', async () => {
    const user = await aUser()
    const { publicCameraId } = await aCamera(user)
    const logged = vi.spyOn(console, 'log').mockReturnValue()

    const { requestId, headers } = await send('GET', `/v1/cameras/${publicCameraId}/rules/?limit=7`, {
      token: user.access,
      settings: { LOG_SAMPLE_RATE: '1' },
    })

    expect(logged.mock.calls).toHaveLength(1)
    expect(logged.mock.lastCall?.[0]).toMatch(/^\{"event":"request",/)
    expect(JSON.parse(logged.mock.lastCall?.[0])).toEqual({
      event: 'request',
      requestId,
      method: 'GET',
      route: '/v1/cameras/:cameraId/rules',
      status: 200,
      milliseconds: expect.any(Number),
      statements: 1,
      sqlMilliseconds: expect.any(Number),
      userId: String(user.id),
    })
    expect(headers.get('Server-Timing')).toMatch(/^sql;dur=\d+;desc="1"$/)
    expect(headers.get('X-Request-Id')).toBe(requestId)
  })

  it.each([
    ['GET', '/nowhere', 404, 'none'],
    ['POST', '/healthz', 405, 'none'],
    ['OPTIONS', '/v1/cameras/', 204, 'none'],
    ['GET', '/v1/cameras/', 401, '/v1/cameras'],
    ['GET', '/admin/login/', 200, '/admin/login'],
    ['GET', '/admin/users/user/7/change/', 302, '/admin/users/user/:id/change'],
    ['PUT', '/admin/login/', 302, 'none'],
    ['GET', '/admin/static/nothing.css', 404, '/admin/static/:file'],
  ])('is written once also for %s %s', async (method, path, status, route) => {
    const logged = vi.spyOn(console, 'log').mockReturnValue()

    const requestId = newRequestId()
    const init = { method, headers: { 'X-Request-Id': requestId } }
    const { headers } = await app.request(path, init, { ...env, THROTTLE: 'off' }, createExecutionContext())

    expect(logged.mock.calls.map(([line]) => JSON.parse(line))).toMatchObject([
      { event: 'request', requestId, method, route, status },
    ])
    expect(headers.get('Server-Timing')).toMatch(/^sql;dur=\d+;desc="\d"$/)
    expect(headers.get('X-Request-Id')).toBe(requestId)
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
  })

  it('is not written for requests beyond the share that is kept', async () => {
    const logged = vi.spyOn(console, 'log').mockReturnValue()

    await send('GET', '/healthz', { settings: { LOG_SAMPLE_RATE: '0' } })

    expect(logged).not.toHaveBeenCalled()
  })
})
