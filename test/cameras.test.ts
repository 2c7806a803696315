import { describe, expect, it } from 'vitest'
import { send, statementsOf } from './support/client.ts'
import { aCamera, aUser, sql } from './support/factories.ts'

describe('a camera', () => {
  it('is hidden from a stranger', async () => {
    const camera = await aCamera(await aUser())
    const stranger = await aUser()
    const { status, body, requestId } = await send('DELETE', `/v1/cameras/${camera.publicCameraId}/`, {
      token: stranger.access,
    })
    expect(status).toBe(404)
    expect(body).toEqual({ detail: 'No Camera matches the given query.' })
    expect(await sql`select id from camera_camera where id = ${camera.id}`).toHaveLength(1)
    expect(await statementsOf(requestId)).toHaveLength(1)
  })
})
