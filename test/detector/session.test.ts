import * as native from 'onnxruntime-node'
import { expect, it, vi } from 'vitest'
import { NoRuntime, openDetector } from '@scout/detector'
import type { Load } from '../../clients/detector/src/session.ts'

const missing = (name: string) =>
  Object.assign(new Error(`Cannot find package '${name}'`), { code: 'ERR_MODULE_NOT_FOUND' })
const noBuild = new Error('Cannot find module ../bin/napi-v6/linux/arm/onnxruntime_binding.node')

/** Loads a runtime, unless the test gives it a fault. */
const loadWith =
  (faults: Partial<Record<'native' | 'wasm', Error>>): Load =>
  async (runtime) => {
    if (faults[runtime]) throw faults[runtime]
    return runtime === 'native' ? native : ((await import('onnxruntime-web')) as unknown as typeof native)
  }

it('takes WebAssembly where there is no build for this machine, and says so', async () => {
  const detector = await openDetector({ load: loadWith({ native: noBuild }) })

  expect(detector.runtime).toBe('wasm')
  expect(detector.note).toMatch(
    /^onnxruntime-node does not support \w+-\w+(?: with musl)?; WebAssembly is used instead, which is several times slower\.$/,
  )
  await detector.close()
})

it('says what to install where nothing runs', async () => {
  const load = loadWith({ native: noBuild, wasm: missing('onnxruntime-web') })
  const error = await openDetector({ load }).catch((error: Error) => error)

  expect(error).toBeInstanceOf(NoRuntime)
  expect((error as Error).message).toMatch(
    /^onnxruntime-node does not support \S+, and onnxruntime-web is not installed: `npm install onnxruntime-web` installs a runtime for any machine\.$/,
  )
})

it('takes no other runtime than the one it was asked for', async () => {
  const load = loadWith({ native: missing('onnxruntime-node') })

  await expect(openDetector({ load, runtime: 'native' })).rejects.toThrow(
    'onnxruntime-node is not installed: `npm install onnxruntime-web` installs a runtime for any machine.',
  )
})

it('takes WebAssembly where the other is here and cannot run the network', async () => {
  const broken = {
    ...native,
    InferenceSession: { create: () => Promise.reject(new Error('illegal instruction')) },
  } as unknown as typeof native
  const load: Load = async (runtime) => (runtime === 'native' ? broken : loadWith({})(runtime))
  const detector = await openDetector({ load })

  expect(detector.runtime).toBe('wasm')
  await detector.close()
  await expect(openDetector({ load, runtime: 'native' })).rejects.toThrow('illegal instruction')
})

it('says in words that pictures cannot be read where sharp has nothing for this machine', async () => {
  vi.doMock('sharp', () => {
    throw new Error('Could not load the "sharp" module using the linux-arm runtime')
  })
  const { loadDecoder } = await import('../../clients/detector/src/pixels.ts')
  await expect(loadDecoder()).rejects.toThrow(
    /^sharp, which reads pictures, does not support \S+ or is not installed completely/,
  )
  vi.doUnmock('sharp')
})
