import { ScoutError } from '@scout/client'
import { reasonOf } from '../../stack/words.ts'

/** What came instead of what a step expects. */
export class Unexpected extends Error {
  readonly expected: string

  constructor(expected: string, came: string) {
    super(came)
    this.expected = expected
  }
}

/** A step that broke; what follows it makes no sense. */
export class Broken extends Error {}

export type Report = ReturnType<typeof newReport>

/** Prints a line for each step with its milliseconds, and counts how they went. */
export function newReport() {
  const counts = { passed: 0, failed: 0, untried: 0 }

  function print(mark: string, from: number | null, words: string) {
    const time = from === null ? '' : `${(performance.now() - from).toFixed(0)} ms`
    console.log(`${mark.padEnd(6)} ${time.padStart(9)}  ${words}`)
  }

  return {
    /**
     * Does a step, `look` is where the docs tell of it. What the step says at its end stands behind its name.
     * @throws Broken
     */
    async step<T>(name: string, look: string, act: () => Promise<T>, tell?: (result: T) => string) {
      const from = performance.now()
      try {
        const result = await act()
        counts.passed++
        print('ok', from, tell ? `${name}: ${tell(result)}` : name)
        return result
      } catch (error) {
        counts.failed++
        print('FAILED', from, name)
        const { expected, came } = told(error)
        console.log(`       expected: ${expected}\n       came:     ${came}\n       look:     docs/${look}`)
        throw new Broken(name)
      }
    },

    /** Says what was not tried, and why. */
    skip(name: string, why: string) {
      counts.untried++
      print('–', null, `${name}: not tried, ${why}`)
    },

    /** Prints how it went; the process's exit code. */
    end() {
      const { passed, failed, untried } = counts
      console.log(`\n${passed} passed, ${failed} failed, ${untried} not tried`)
      return failed > 0 ? 1 : 0
    },
  }
}

function told(error: unknown) {
  if (error instanceof Unexpected) return { expected: error.expected, came: error.message }
  const { message, cause } = error as Error
  if (!(error instanceof ScoutError)) {
    const why = cause ? `: ${reasonOf(cause)}` : ''
    return { expected: 'an answer of the service', came: `${message}${why}` }
  }
  const request = error.requestId ? `, in the log as requestId ${error.requestId}` : ''
  return { expected: 'an answer of 2xx', came: `${error.status}: ${message}${request}` }
}
