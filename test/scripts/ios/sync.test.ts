import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { files, IOS, PHONE, ROOT } from './project.ts'

const PACKAGES = [
  '@capacitor/app',
  '@capacitor/core',
  '@capacitor/ios',
  '@capacitor/push-notifications',
  '@aparajita/capacitor-secure-storage',
]
const COMMITTER = ['user.name=Test', 'user.email=test@example.com', 'commit.gpgsign=false']
let copy: string
afterEach(() => rm(copy, { recursive: true, force: true }))

// In a copy, since it copies the last built page into the project.
it('has nothing to commit after `cap sync ios`', async () => {
  copy = await mkdtemp(join(tmpdir(), 'scout-ios-'))
  const phone = join(copy, 'clients/phone')
  for (const file of files()) await take(join(IOS, file), join(phone, 'ios', file))
  for (const file of ['package.json', 'capacitor.config.js']) await take(join(PHONE, file), join(phone, file))
  for (const name of PACKAGES)
    for (const file of ['package.json', 'Package.swift', 'ios'])
      await take(join(ROOT, 'node_modules', name, file), join(copy, 'node_modules', name, file))
  await mkdir(join(phone, 'dist/native'), { recursive: true })
  await writeFile(join(phone, 'dist/native/index.html'), '<!doctype html>')
  await writeFile(join(copy, '.gitignore'), 'dist/\nnode_modules/\n')
  const git = (...words: string[]) =>
    execFileSync('git', [...COMMITTER.flatMap((one) => ['-c', one]), ...words], {
      cwd: copy,
      encoding: 'utf8',
    })
  git('init', '-q')
  git('add', '.')
  git('commit', '-qm', 'The project')

  const cap = join(ROOT, 'node_modules/@capacitor/cli/bin/capacitor')
  const said = execFileSync(process.execPath, [cap, 'sync', 'ios'], { cwd: phone, encoding: 'utf8' })

  expect(said).toContain('Sync finished')
  expect(git('status', '--porcelain')).toBe('')
})

async function take(from: string, to: string) {
  if (!existsSync(from)) return
  await mkdir(dirname(to), { recursive: true })
  await cp(from, to, { recursive: true })
}
