import { execFile } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv, promisify } from 'node:util'
import { afterAll, expect, it } from 'vitest'
import { type Environment, faultsOf } from '../../src/settings.ts'
import { localPush } from '../../stack/push-keys.ts'

const run = promisify(execFile)
const folder = await mkdtemp(join(tmpdir(), 'scout-push-keys-'))
afterAll(() => rm(folder, { recursive: true }))

it('of this machine are made once, and said to be damaged where they are', async () => {
  const file = join(folder, 'push.json')
  const made = await localPush(file)
  expect(await localPush(file)).toEqual(made)

  await writeFile(file, '{"port":2')
  await expect(localPush(file)).rejects.toThrow(`${file} is damaged. Delete it`)
})

const print = (...args: string[]) => run(process.execPath, ['scripts/push-keys.ts', ...args])
const faultsIn = (variables: object) =>
  faultsOf(variables as Environment).filter(({ setting }) => /^(VAPID|APNS)/.test(setting))

async function aKeyFile(name: string, namedCurve: string) {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve })
  const file = join(folder, name)
  await writeFile(file, privateKey.export({ type: 'pkcs8', format: 'pem' }))
  return file
}

it('prints a pair of keys that the settings take, another each time', async () => {
  const printed = [await print(), await print()].map(({ stdout }) => parseEnv(stdout.split('\n\n')[0]!))
  for (const keys of printed) expect(faultsIn({ ...keys, VAPID_SUBJECT: 'mailto:a@example.com' })).toEqual([])
  expect(printed[0]).not.toEqual(printed[1])
})

it('prints Apple’s key as the settings take it', async () => {
  const { stdout } = await print(await aKeyFile('AuthKey_ABCDE12345.p8', 'P-256'))
  const { APNS_KEY = '' } = parseEnv(stdout.split('\n\n')[0]!)
  expect(faultsIn({ APNS_KEY, APNS_TEAM_ID: 'TEAM123456', APNS_TOPIC: 'com.example.scout' })).toEqual([])
  expect(JSON.parse(APNS_KEY)).toMatchObject({ kid: 'ABCDE12345', alg: 'ES256' })
})

it.each([
  ['that is not there', async () => join(folder, 'AuthKey_ABCDE00000.p8'), /can't be read/],
  ['of another name', () => aKeyFile('key.p8', 'P-256'), /is not called AuthKey_/],
  ['of another curve', () => aKeyFile('AuthKey_ABCDE54321.p8', 'P-384'), /holds no key of Apple/],
])('says what is wrong with a file %s', async (_, file, words) => {
  await expect(print(await file())).rejects.toThrow(words)
})
