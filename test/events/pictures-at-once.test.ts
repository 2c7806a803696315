import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { withPicture } from '../../src/events/look.ts'
import { settings } from '../../src/settings.ts'
import { aCamera, aUser } from '../support/factories.ts'
import { detectionOf, put } from '../support/pictures.ts'

/** A JPEG as far as its frame's header: 640 by 480. */
const JPEG = new Uint8Array([0xff, 0xd8, 0xff, 0xc0, 0, 17, 8, 1, 0xe0, 2, 0x80, 3, 0, 0, 0, 0, 0, 0, 0, 0])

it('holds of a picture what it has, so that four small ones are looked at together', async () => {
  const camera = await aCamera(await aUser())
  const all = Promise.withResolvers<void>()
  let count = 0
  const look = async () => {
    const objectKey = detectionOf(camera)
    const etag = await put(objectKey, JPEG)
    return withPicture({ objectKey, etag }, settings(env, 'storage'), async ({ type }) => {
      if (++count === 4) all.resolve()
      await all.promise
      return type
    })
  }

  expect(await Promise.all([look(), look(), look(), look()])).toEqual(Array(4).fill('image/jpeg'))
})
