import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { VERSION } from '../../clients/camera/src/version.ts'

const run = promisify(execFile)

it('makes a package of the camera that sees without this repository', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'scout-camera-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const built = join(folder, 'camera')
  await run(process.execPath, ['scripts/build-camera.ts', built])
  const { dependencies, optionalDependencies, version, bin } = JSON.parse(
    await readFile(join(built, 'package.json'), 'utf8'),
  )
  expect([Object.keys(dependencies), Object.keys(optionalDependencies)]).toEqual([
    ['sharp'],
    ['onnxruntime-node', 'onnxruntime-web'],
  ])
  expect(version).toBe(VERSION)
  await symlink(resolve('node_modules'), join(folder, 'node_modules'))

  const settings = ['--width', '480', '--height', '270', '--fps', '4']
  const watching = execFile(
    process.execPath,
    [join(built, bin['scout-camera']), 'watch', 'demo', 'seen', ...settings],
    {
      cwd: folder,
    },
  )
  let said = ''
  watching.stdout!.on('data', (text: string) => {
    // What happens after that does not depend on the package.
    if (!said.includes('cat') && (said += text).includes('cat')) watching.kill()
  })
  expect(await once(watching, 'exit')).toEqual([0, null])

  expect(said).toMatch(/person, \d+ %, seen\/001-person\.jpg\n.*cat, \d+ %/)
})
