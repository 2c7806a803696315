import { describe, expect, it, vi } from 'vitest'
import { send } from './support/client.ts'
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

  it('is not written for requests beyond the share that is kept', async () => {
    const logged = vi.spyOn(console, 'log').mockReturnValue()

    await send('GET', '/healthz', { settings: { LOG_SAMPLE_RATE: '0' } })

    expect(logged).not.toHaveBeenCalled()
  })
})
