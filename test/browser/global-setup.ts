import type { TestProject } from 'vitest/node'
import { freePorts } from '../../stack/net.ts'
import { startWorker } from '../../stack/worker.ts'
import setupParts from '../support/global-setup.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the Worker answers over HTTP. */
    url: string
  }
}

/** The parts that every test has, and a Worker that answers over HTTP. */
export default async function setup(project: TestProject) {
  const variables: Record<string, string> = {}
  const stopParts = await setupParts({
    vitest: project.vitest,
    provide(key: 'bindings', value: Record<string, string>) {
      if (key === 'bindings') Object.assign(variables, value)
    },
  } as unknown as TestProject)
  const [port = 0] = await freePorts(1)
  const worker = await startWorker({ port, variables, signal: new AbortController().signal })
  project.provide('url', `http://127.0.0.1:${port}`)
  return async () => {
    await worker.stop()
    await stopParts()
  }
}
