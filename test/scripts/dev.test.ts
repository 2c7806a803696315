import { appendFile, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createClient } from '@scout/client'
import { inUrl, localNetwork } from '../../stack/local-network.ts'
import { freePorts } from '../../stack/net.ts'
import { type Clone, makeClone } from './clone.ts'

/** What a shell may say to psql. */
const OF_PSQL = {
  PGSSLMODE: 'require',
  PGSSLNEGOTIATION: 'direct',
  PGOPTIONS: '-c default_transaction_read_only=on -c search_path=nowhere',
  PGDATESTYLE: 'German',
  PGCLIENTENCODING: 'LATIN1',
  PGTZ: 'Asia/Tokyo',
  PGHOST: '192.0.2.1',
  PGPORT: '1',
  PGUSER: 'nobody',
  PGPASSWORD: 'wrong',
  PGDATABASE: 'none',
  PGDATA: '/nowhere',
  PGAPPNAME: 'x'.repeat(200),
}

let clone: Clone
let running: Awaited<ReturnType<Clone['dev']>>
let origin: string
const inNetwork = await localNetwork('0.0.0.0').catch(() => undefined)
const address = inNetwork?.address ?? '127.0.0.1'
const here = () => `http://localhost:${new URL(origin).port}`

/** How many accounts `npm run smoke` left. */
async function smokeAccounts() {
  const { DATABASE_URL } = parseEnv(await readFile(join(clone.folder, '.dev.vars'), 'utf8'))
  const database = new Client({ connectionString: DATABASE_URL })
  await database.connect()
  const { rowCount } = await database.query("select from users where email like 'smoke-%'")
  await database.end()
  return rowCount
}

beforeAll(async () => {
  clone = await makeClone()
  const [port = 0] = await freePorts(1)
  origin = `http://${inUrl(address)}:${port}`
  running = await clone.dev({ ...OF_PSQL, PORT: String(port), HOST: inNetwork ? '0.0.0.0' : undefined })
}, 120_000)
afterAll(() => clone[Symbol.asyncDispose](), 60_000)

describe('npm run dev', () => {
  it('starts whatever the shell says to psql, and says where everything is', () => {
    expect(running.output).toMatch(/\n\nApp +http:\/\/localhost:\d+\/app\/$/m)
    expect(running.output).toMatch(/^App .*\nAdmin .*\nDocs .*\nAPI +http:\/\/localhost:\d+$/m)
    expect(running.output).toMatch(/^Docs +http:\/\/localhost:\d+\/docs$/m)
    expect(running.output).toMatch(
      /^Judge +scout-local at http:\/\/127\.0\.0\.1:\d+\/v1, which knows 80 things/m,
    )
    if (inNetwork) expect(running.output).toContain(`\nNetwork      ${origin}`)
  })

  it('serves the network that HOST asks for, presigned URLs included, which a page may use', async () => {
    const client = createClient({ baseUrl: origin })
    await client.register({ email: 'ada@example.com', password: 'plain-sailing-77' })
    await client.createCamera({ location: 'Porch' })
    const { url } = await client.presignUpload('image/jpeg')
    const page = { Origin: 'http://localhost:5173' }

    const asked = await fetch(url, {
      method: 'OPTIONS',
      headers: {
        ...page,
        'Access-Control-Request-Method': 'PUT',
        'Access-Control-Request-Headers': 'content-type',
      },
    })
    const sent = await fetch(url, {
      method: 'PUT',
      headers: { ...page, 'Content-Type': 'image/jpeg' },
      body: await readFile('scripts/photos/cat.jpg'),
    })
    const refused = await fetch(url, {
      method: 'PUT',
      headers: { ...page, 'Content-Type': 'image/png' },
      body: 'x',
    })

    expect(new URL(url).hostname).toBe(new URL(origin).hostname)
    expect([asked.status, sent.status, refused.status]).toEqual([200, 200, 403])
    for (const { headers } of [asked, sent, refused])
      expect(headers.get('Access-Control-Allow-Origin')).toBe('*')
    expect(asked.headers.get('Access-Control-Allow-Methods')).toBe('PUT, GET')
    expect(asked.headers.get('Access-Control-Allow-Headers')).toBe('content-type')
  })

  it('serves the phone app, and what is changed of it', async () => {
    const page = join(clone.folder, 'clients/phone/index.html')
    const titleNow = async () =>
      /<title>(.*)<\/title>/.exec(await (await fetch(`${origin}/app/cameras`)).text())?.[1]
    expect(await titleNow()).toBe('Scout')

    await writeFile(page, (await readFile(page, 'utf8')).replace('<title>Scout', '<title>Scout, changed'))

    await expect.poll(titleNow, { timeout: 30_000 }).toBe('Scout, changed')
  })

  it('builds again what it serves where a source, a package or a built file changed, and only then', async () => {
    const built = join(clone.folder, 'dist/assets/openapi.json')
    const builtAt = async () => (await stat(built)).mtimeMs
    const isBuiltBy = async (change: () => Promise<unknown>) => {
      const before = await builtAt()
      await change()
      await clone.run('scripts/build-assets.ts')
      return (await builtAt()) > before
    }
    const page = join(clone.folder, 'dist/assets/app/index.html')

    expect(await isBuiltBy(async () => {})).toBe(false)
    expect(await isBuiltBy(() => appendFile(join(clone.folder, 'src/docs/reference.html'), '\n'))).toBe(true)
    expect(await isBuiltBy(() => appendFile(join(clone.folder, 'package-lock.json'), '\n'))).toBe(true)
    expect(await isBuiltBy(() => rm(page))).toBe(true)
    expect(await isBuiltBy(() => writeFile(page, 'of another commit'))).toBe(true)
    expect(await readFile(page, 'utf8')).toContain('<title>Scout')
  })

  it('prints each mail, with its link', async () => {
    const client = createClient({ baseUrl: origin })
    const email = 'grace@example.com'
    await client.register({ email, password: 'plain-sailing-77' })
    const printed = new Promise<string>((resolve) => {
      let output = ''
      running.child.stdout.on('data', (chunk) => {
        output += chunk
        if (/#[\w-]{43}\n/.test(output)) resolve(output)
      })
    })

    await client.requestPasswordReset({ email })

    const [, url, token = ''] =
      /^Mail to grace@example\.com: Set a new password for Scout\n(.*)\/app\/reset#([\w-]{43})$/m.exec(
        await printed,
      ) ?? []
    expect(url).toBe(`http://localhost:${new URL(origin).port}`)
    await client.confirmPasswordReset({ token, password: 'calm-harbour-83' })
    expect(await client.listCameras()).toEqual([])
  })

  it('lets its own pages keep a session in a cookie', async () => {
    const url = `http://localhost:${new URL(origin).port}`
    const json = { email: 'grace@example.com', password: 'calm-harbour-83', name: 'Firefox' }
    const ask = (Origin: string) =>
      fetch(`${url}/app/session`, {
        method: 'POST',
        headers: { Origin, 'Content-Type': 'application/json' },
        body: JSON.stringify(json),
      })

    const [own, other] = [await ask(url), await ask('http://localhost:5173')]

    expect([own.status, other.status]).toEqual([201, 403])
    expect(own.headers.get('Set-Cookie')).toMatch(
      /^__Secure-scout_session=scs_[\w-]{43}; .*Path=\/app\/session/,
    )
  })

  it('is found by npm run demo, whatever its port, which tells the whole story and goes on until it is stopped', async () => {
    const goesOn = /^The camera goes on; Ctrl-C ends it\./m
    const { code, output } = await clone.run('scripts/demo.ts', { PORT: '1' }, ['--keep-going'], goesOn)

    expect(output).toMatch(/^ok .* the camera finds out what it is: person 0\.\d\d$/m)
    expect(output).toMatch(/^ok .* the judge decides on “Visitor”: yes, because: person 0\.\d\d$/m)
    expect(output).toMatch(/^ok .* decrypts it: “Front door: Visitor: person 0\.\d\d”$/m)
    expect(output).toMatch(/^ok .* the phone downloads its picture, byte for byte$/m)
    expect(output).toMatch(/^ok .*after 10pm”: not asked, as it is 1\d:\d\d at the door$/m)
    expect(output).toMatch(/^22 passed, 0 failed, 0 not tried$/m)
    expect(code).toBe(0)

    const [, email = ''] = /signed in as (\S+)/.exec(output) ?? []
    const scout = createClient({ baseUrl: origin })
    await scout.signIn({ email, password: 'plain-sailing-77' })
    const [newest, ...before] = await scout.listEvents()
    expect(output).toContain(`${here()}/app/events/${newest!.public_event_id}\n`)
    expect(newest).toMatchObject({
      state: 'done',
      verdicts: [{ verdict: 'yes' }, { skipped: 'hours' }, { verdict: 'unsure' }],
    })
    expect(before).toHaveLength(12)
    const feedback = before.flatMap(({ verdicts }) => verdicts.flatMap(({ feedback }) => feedback ?? []))
    expect(feedback).toEqual(['wrong', 'wrong'])
    const cameras = await scout.listCameras()
    expect(cameras.map(({ location }) => location)).toEqual(['Front door', 'Garden', 'Kitchen', 'Garage'])
  })

  it('passes npm run smoke, from sign-up to a push, which leaves no account behind', async () => {
    const { code, output } = await clone.run('scripts/smoke.ts', {}, [here()])

    expect(output).toMatch(
      /^ok .* the phone decrypts the push and shows it: “npm run smoke: Cat: cat 0\.\d+”$/m,
    )
    expect(output).toMatch(/^ok .* the other rule says why not$/m)
    expect(output).toMatch(/^ok .* its picture is erased from the bucket$/m)
    expect([code, output.trim().split('\n').at(-1)]).toEqual([0, '20 passed, 0 failed, 1 not tried'])
    expect(await smokeAccounts()).toBe(0)
  })

  it('has npm run smoke say what broke and where to look, and leaves no account behind', async () => {
    const { code, output } = await clone.run('scripts/smoke.ts', {}, [
      here(),
      '--webhook',
      'http://127.0.0.1:1/',
    ])

    expect(output).toMatch(
      /^FAILED .* a webhook takes a test push\n +expected: sent\n +came: +later, unreachable, .*\n +look: +docs\/push\.md#webhooks\nok .* the account is deleted$/m,
    )
    expect([code, output.trim().split('\n').at(-1)]).toEqual([1, '11 passed, 1 failed, 0 not tried'])
    expect(await smokeAccounts()).toBe(0)
  })

  it.each([
    [
      'a port that no browser calls',
      { PORT: '6000' },
      'Browsers and fetch refuse to call port 6000, which PORT names: choose another.',
    ],
    ['a port that is none', { PORT: '0' }, 'PORT is not a port number from 1 to 65535: 0.'],
    [
      'an address of another machine',
      { HOST: '203.0.113.9' },
      'HOST is not an address of this machine: 203.0.113.9.',
    ],
  ])('says in a sentence that it takes not %s', async (_, variables, words) => {
    const { code, output } = await clone.run('scripts/dev.ts', variables)

    expect([code, output.trim().split('\n').length, output]).toEqual([1, 1, expect.stringContaining(words)])
  })

  it('takes no port twice', async () => {
    const { SQL_ENDPOINT = '' } = parseEnv(await readFile(join(clone.folder, '.dev.vars'), 'utf8'))
    const { port } = new URL(SQL_ENDPOINT)

    const { code, output } = await clone.run('scripts/dev.ts', { PORT: port })

    const words = `PORT and SQL_ENDPOINT name the same port, ${port}: choose another for one of them.`
    expect([code, output.trim()]).toEqual([1, words])
  })

  it('runs once in a folder', async () => {
    const { code, output } = await clone.run('scripts/dev.ts', { PORT: '' })

    expect(code).toBe(1)
    expect(output).toMatch(
      /^\n`npm run dev` is running in this folder already, at http:\/\/localhost:\d+ \(process \d+\)\. Use that one, or/,
    )
    expect(output).toContain(`(process ${running.child.pid})`)
  })

  it('is not found any more once it was killed', async () => {
    running.child.kill('SIGKILL')
    await running.exited

    expect(await clone.run('scripts/demo.ts')).toEqual({
      code: 1,
      output: 'Nothing runs in this folder: start it with `npm run dev`.\n',
    })
  })
})
