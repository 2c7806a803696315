import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { settings } from '../src/settings.ts'
import { deleteAll, deleteObjects, StorageError } from '../src/storage/bucket.ts'
import { put, storage } from './support/pictures.ts'

const soon = () => Date.now() + 30_000
const ofLocal = settings(env, 'storage')
const ofVersioned = { ...ofLocal, S3_ENDPOINT: inject('versionedBucket') }
const aFolder = () => `detection/${crypto.randomUUID()}/`
/** The number of objects in the bucket under a prefix. */
async function countOf(prefix: string, { S3_ENDPOINT, S3_BUCKET } = ofVersioned, kind = 'versions') {
  const query = new URLSearchParams({ [kind]: '', prefix })
  const answer = await storage.fetch(`${S3_ENDPOINT}/${S3_BUCKET}?${query}`)
  return (await answer.text()).split('<Key>').length - 1
}

describe('objects by their keys', () => {
  it('are deleted, those that are not there too, and no others', async () => {
    const folder = aFolder()
    const keys = ['one.jpg', 'two & <2>.jpg', 'three.jpg'].map((name) => folder + name)
    for (const key of keys) await put(encodeURI(key), 'a picture')
    expect(await countOf(folder, ofLocal, 'list')).toBe(3)

    await deleteObjects([keys[0]!, keys[1]!, `${folder}nothing.jpg`], ofLocal)

    expect(await countOf(folder, ofLocal, 'list')).toBe(1)
    await deleteObjects([], ofLocal)
  })

  it('are not, where the storage will not', async () => {
    const refused = deleteObjects(['x'], { ...ofLocal, AWS_SECRET_ACCESS_KEY: 'another' })
    await expect(refused).rejects.toThrow(new StorageError(403))
  })
})

describe('a bucket that keeps versions', () => {
  const control = (said: string) => fetch(`${ofVersioned.S3_ENDPOINT}/control/${said}`, { method: 'POST' })
  const putVersion = (key: string) =>
    storage.fetch(`${ofVersioned.S3_ENDPOINT}/${ofVersioned.S3_BUCKET}/${key}`, { method: 'PUT', body: 'x' })
  const mend = async () => void (await Promise.all([control('hold'), control('fail')]))
  beforeEach(mend)
  afterEach(mend)

  it('is emptied of a prefix with all versions and markers, and of nothing else', async () => {
    const [folder, other] = [aFolder(), aFolder()]
    for (const key of [`${folder}one.jpg`, `${folder}one.jpg`, `${folder}two.jpg`, `${other}one.jpg`])
      await putVersion(key)
    await deleteObjects([`${folder}two.jpg`, `${folder}gone.jpg`], ofVersioned)
    expect([await countOf(folder), await countOf(folder, ofVersioned, 'list')]).toEqual([5, 1])

    expect(await deleteAll(folder, ofVersioned, soon())).toBe(true)

    expect([await countOf(folder), await countOf(other)]).toEqual([0, 1])
  })

  it('is emptied of ten thousand objects, and goes on where it failed half-way', async () => {
    const folder = aFolder()
    await control(`fill?prefix=${folder}&count=10000`)
    await control('fail?after=5000')
    await expect(deleteAll(folder, ofVersioned, soon())).rejects.toThrow(new StorageError(503))
    expect(await countOf(folder)).toBe(1_000)

    await mend()
    expect(await deleteAll(folder, ofVersioned, Date.now() - 1)).toBe(false)
    expect(await deleteAll(folder, ofVersioned, soon())).toBe(true)

    expect(await countOf(folder)).toBe(0)
  })

  it('says where some of it will not go, of which the rest has gone', async () => {
    const folder = aFolder()
    for (const name of ['held.jpg', 'two.jpg']) await putVersion(folder + name)
    await control('hold?suffix=held.jpg')

    await expect(deleteAll(folder, ofVersioned, soon())).rejects.toThrow(new StorageError(200))

    expect(await countOf(folder)).toBe(1)
    await mend()
    expect(await deleteAll(folder, ofVersioned, soon())).toBe(true)
    expect(await countOf(folder)).toBe(0)
  })
})

it('asks a storage that knows no versions for what it has', async () => {
  const folder = aFolder()
  await put(`${folder}one.jpg`, 'a picture')
  const { S3_ENDPOINT, S3_BUCKET } = ofLocal
  expect((await storage.fetch(`${S3_ENDPOINT}/${S3_BUCKET}?versions=&prefix=${folder}`)).status).toBe(405)

  expect(await deleteAll(folder, ofLocal, soon())).toBe(true)

  expect(await countOf(folder, ofLocal, 'list')).toBe(0)
})
