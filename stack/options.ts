import { parseArgs, type ParseArgsConfig } from 'node:util'
import { fail } from './words.ts'

/**
 * The options and arguments of a script. `--help` prints `usage` and ends the process; so does, with one sentence before it and exit code
 * 1, what `usage` does not name.
 */
export function optionsOf<T extends ParseArgsConfig>(usage: string, config: T) {
  if (process.argv.slice(2).includes('--help')) {
    console.log(usage)
    process.exit()
  }
  try {
    return parseArgs(config)
  } catch (error) {
    return refuse(error, usage)
  }
}

/** Ends the process with the first sentence of an error, which Node follows by advice, and the usage. */
export function refuse(error: unknown, usage: string): never {
  const [sentence = ''] = (error as Error).message.split(/\.\s/)
  return fail(`${sentence.replace(/\.?$/, '.')}\n\n${usage}`)
}
