export type Runtime = 'native' | 'wasm'

/** Runs a network: takes one tensor, returns the outputs by name. */
export type Session = {
  runtime: Runtime
  /** Why it is not the faster runtime, in a sentence; else null. */
  note: string | null
  run(input: Float32Array): Promise<Map<string, Float32Array>>
  close(): Promise<void>
}

/** This machine cannot run the network; the message says what to do. */
export class NoRuntime extends Error {}

type Ort = typeof import('onnxruntime-node')
/** Imports a runtime's package. Rejects if it is not installed or does not support this machine. */
export type Load = (runtime: Runtime) => Promise<Ort>
export type SessionOptions = { runtime?: Runtime | undefined; threads?: number; load?: Load }

/** ONNX Runtime as native code, and as WebAssembly for every machine. */
const PACKAGES = { native: 'onnxruntime-node', wasm: 'onnxruntime-web' }

const importOf: Load = async (runtime) => (await import(PACKAGES[runtime])) as Ort

/**
 * Opens a network with one input on ONNX Runtime: as native code, or else as WebAssembly, which is several times slower. Throws NoRuntime
 * if neither runs here.
 */
export async function openSession(
  file: Uint8Array,
  shape: number[],
  options: SessionOptions = {},
): Promise<Session> {
  const { threads = 1 } = options
  const { runtime, ort, note } = await chooseRuntime(options)
  if (runtime === 'wasm') ort.env.wasm.numThreads = threads
  const session = await ort.InferenceSession.create(file, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
  }).catch((error: unknown) => {
    if (options.runtime || runtime === 'wasm') throw error
    return null
  })
  // The native runtime loads but cannot run the network.
  if (!session) return openSession(file, shape, { ...options, runtime: 'wasm' })
  const [name = ''] = session.inputNames
  return {
    runtime,
    note,
    async run(input) {
      const outputs = await session.run({ [name]: new ort.Tensor('float32', input, shape) })
      return new Map(Object.entries(outputs).map(([name, { data }]) => [name, data as Float32Array]))
    },
    close: () => session.release(),
  }
}

/** Imports a runtime that works here; `note` says why it is not the faster one. Throws NoRuntime. */
export async function chooseRuntime({ runtime: wanted, load = importOf }: SessionOptions = {}) {
  const faults: string[] = []
  for (const runtime of wanted ? [wanted] : (['native', 'wasm'] as const)) {
    try {
      const ort = await load(runtime)
      const note =
        faults.length > 0 ? `${faults[0]}; WebAssembly is used instead, which is several times slower.` : null
      return { runtime, ort, note }
    } catch (error) {
      const isMissing = (error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND'
      faults.push(`${PACKAGES[runtime]} ${isMissing ? 'is not installed' : `does not support ${machine()}`}`)
    }
  }
  throw new NoRuntime(
    `${faults.join(', and ')}: \`npm install ${PACKAGES.wasm}\` installs a runtime for any machine.`,
  )
}

/** The platform, for example `linux-arm with musl`. */
export function machine() {
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } }
  const isMusl = process.platform === 'linux' && !header.glibcVersionRuntime
  return `${process.platform}-${process.arch}${isMusl ? ' with musl' : ''}`
}
