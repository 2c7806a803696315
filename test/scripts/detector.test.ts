import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'

const run = promisify(execFile)

it('makes a package of the detector that finds a cat without this repository', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'scout-detector-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const built = join(folder, 'detector')
  await run(process.execPath, ['scripts/build-detector.ts', built])
  await symlink(resolve('node_modules'), join(folder, 'node_modules'))

  const look = `import { openDetector } from './detector/index.js'
    const { detect } = await openDetector()
    console.log(JSON.stringify(await detect(await (await import('node:fs/promises')).readFile(process.argv[1]))))`
  const { stdout } = await run(
    process.execPath,
    ['--input-type=module', '-e', look, resolve('scripts/photos/cat.jpg')],
    { cwd: folder },
  )

  expect(JSON.parse(stdout)).toMatchObject([{ label: 'cat' }])
  expect(await readdir(built)).toEqual(
    expect.arrayContaining(['model.onnx', 'NOTICE', 'LICENSE', 'LICENSE-APACHE', 'package.json']),
  )
  expect(JSON.parse(await readFile(join(built, 'package.json'), 'utf8'))).toEqual({
    name: '@scout/detector',
    version: expect.any(String),
    description: expect.any(String),
    license: 'MIT AND Apache-2.0',
    type: 'module',
    exports: './index.js',
    dependencies: { sharp: expect.any(String) },
    optionalDependencies: { 'onnxruntime-node': '1.24.3', 'onnxruntime-web': '1.24.3' },
  })
})
