import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as client from '@scout/client'
import { describe, expect, it, onTestFinished } from 'vitest'
import { joined } from '../../scripts/client/joined.ts'
import { typesOf } from '../../scripts/client/types.ts'

/** A folder of modules. */
async function aFolder(files: Record<string, string>) {
  const folder = await mkdtemp(join(tmpdir(), 'scout-client-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const [name, source] of Object.entries(files)) await writeFile(join(folder, name), source)
  return folder
}

// workerd's timers accept any delay.
it('waits for ever where the options say so, though a timer of Node does not', async () => {
  const fetch: client.ClientOptions['fetch'] = (_url, { signal }) =>
    new Promise((answer, refuse) => {
      signal!.addEventListener('abort', () => refuse(new Error('aborted')))
      setTimeout(() => answer(Response.json([])), 50)
    })
  const { listCameras } = client.createClient({ baseUrl: 'https://scout.test', timeoutInMs: Infinity, fetch })

  expect(await listCameras()).toEqual([])
})

describe('the client as one file', () => {
  it('needs nothing else and exports what the package does', async () => {
    const source = await joined('clients/typescript/src')
    const folder = await aFolder({ 'scout-client.ts': source })

    expect(source).not.toMatch(/^import |^export .* from /m)
    expect(Object.keys(await import(join(folder, 'scout-client.ts'))).sort()).toEqual(
      Object.keys(client).sort(),
    )
  })

  // React Native has a part of it.
  it('uses no URL of its surroundings', async () => {
    expect(await joined('clients/typescript/src')).not.toMatch(/\bnew URL(SearchParams)?\b/)
  })

  it('has each module once, after those that it imports', async () => {
    const folder = await aFolder({
      'index.ts': "/** Says. */\nexport { a, type A } from './a.ts'\nexport type * from './c.ts'\n",
      'a.ts':
        "import { b } from './b.ts'\nimport type {\n  C,\n} from './c.ts'\n\nexport type A = C\nexport const a = b\n",
      'b.ts': "import type { C } from './c.ts'\n\nexport const b: C = 1\n",
      'c.ts': 'export type C = number\n',
    })

    expect((await joined(folder)).split('\n').filter(Boolean)).toEqual([
      '/** Says. */',
      'export type C = number',
      'const b: C = 1',
      'export type A = C',
      'export const a = b',
    ])
  })

  it('cannot be made where a module imports a package', async () => {
    const folder = await aFolder({
      'index.ts': "export { a } from './a.ts'\n",
      'a.ts': "import { z } from 'zod'\nexport const a = z\n",
    })

    await expect(joined(folder)).rejects.toThrow('A client of one file cannot import zod.')
  })
})

describe('a type of the client', () => {
  const document = (schemas: object, path = '/v1/things/') => {
    const schema = { $ref: '#/components/schemas/Thing' }
    const answer = { content: { 'application/json': { schema } } }
    return { paths: { [path]: { get: { responses: { 200: answer } } } }, components: { schemas } }
  }

  it.each([
    ['a text', { type: 'string', format: 'uuid' }, 'string'],
    ['a whole number', { type: 'integer' }, 'number'],
    ['one of two values', { type: 'string', enum: ['a', 'b'] }, '"a" | "b"'],
    ['one value', { const: 'ok' }, '"ok"'],
    ['what may be null', { anyOf: [{ type: 'number' }, { type: 'null' }] }, 'number | null'],
    ['what may be null, in short', { type: ['string', 'null'] }, 'string | null'],
    ['a list', { type: 'array', items: { type: ['string', 'null'] } }, '(string | null)[]'],
    ['a table', { type: 'object', additionalProperties: { type: 'boolean' } }, 'Record<string, boolean>'],
  ])('says %s', (_, schema, type) => {
    expect(typesOf(document({ Thing: schema }))).toBe(`export type Thing = ${type}\n`)
  })

  it('says what must be there, what may be, and what each means', () => {
    const Thing = {
      type: 'object',
      description: 'A thing.',
      properties: {
        id: { type: 'integer', description: 'Its */ number.' },
        'its-part': { $ref: '#/components/schemas/Part' },
      },
      required: ['id'],
    }
    const Part = { type: 'object', properties: {} }

    expect(typesOf(document({ Unused: {}, Part, Thing }))).toBe(
      `/** A thing. */
export type Thing = {
/** Its * / number. */
'id': number
'its-part'?: Part
}

export type Part = {

}
`,
    )
  })

  it('is made of what is under /v1/ alone', () => {
    expect(typesOf(document({ Thing: { type: 'string' } }, '/healthz'))).toBe('')
  })

  it('is refused where there is no word for it', () => {
    expect(() => typesOf(document({ Thing: { not: {} } }))).toThrow('no word for {"not":{}}')
  })
})
