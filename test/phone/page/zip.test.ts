import { crc32 as crcOfNode } from 'node:zlib'
import AdmZip from 'adm-zip'
import { expect, it } from 'vitest'
import { assertFits, crc32, zipOf } from '../../../clients/phone/src/data/zip.ts'

const bytes = (length: number) => Uint8Array.from({ length }, (_, index) => (index * 31) % 256)

it.each(['', 'a', '123456789'])('has the checksum of "%s"', (text) => {
  const given = new TextEncoder().encode(text)
  expect(crc32(given)).toBe(crcOfNode(given))
})

it('is a ZIP that another program reads, with names of any language', async () => {
  const file = await zipOf([
    { name: 'scout.json', content: new Blob(['{"a": 1}']) },
    { name: 'pictures/Garten – Süd.jpg', content: new Blob([bytes(70_000)]) },
    { name: 'empty.txt', content: new Blob([]) },
  ])

  const zip = new AdmZip(Buffer.from(await file.arrayBuffer()))
  expect(zip.getEntries().map(({ entryName, getData }) => [entryName, getData().length])).toEqual([
    ['scout.json', 8],
    ['pictures/Garten – Süd.jpg', 70_000],
    ['empty.txt', 0],
  ])
  expect(zip.readAsText('scout.json')).toBe('{"a": 1}')
  expect(new Uint8Array(zip.readFile('pictures/Garten – Süd.jpg')!)).toEqual(bytes(70_000))
})

it('is refused where its numbers would not hold it', async () => {
  const content = new Blob([])
  const files = Array.from({ length: 65_535 }, (_, index) => ({ name: `${index}`, content }))
  await expect(zipOf(files)).rejects.toThrow('There are too many pictures for a ZIP file.')
  expect(() => assertFits(2, 4_000_000_001)).toThrow('Export your data without them.')
  expect(() => assertFits(65_534, 4_000_000_000)).not.toThrow()
})
