import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, cp, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { removePostgres } from '../../stack/postgres.ts'

const NEEDED = [
  'clients/camera',
  'clients/phone',
  'clients/typescript',
  'drizzle',
  'package-lock.json',
  'package.json',
  'scripts',
  'src',
  'stack',
  'test/photos',
  'tsconfig.json',
  'wrangler.toml',
]

export type Clone = Awaited<ReturnType<typeof makeClone>>
type Variables = Record<string, string | undefined>

/** A copy of the project in a temporary folder, so that `npm run dev` does not write into this one. */
export async function makeClone() {
  const folder = await mkdtemp(join(tmpdir(), 'scout-clone-'))
  // As root, PostgreSQL runs as another user, who needs access.
  await chmod(folder, 0o755)
  for (const name of NEEDED) await cp(name, join(folder, name), { recursive: true })
  await symlink(resolve('node_modules'), join(folder, 'node_modules'))
  const children: ChildProcess[] = []
  const options = (variables: Variables) => ({ cwd: folder, env: { ...process.env, ...variables } })

  return {
    folder,

    /** Runs a script until it exits, or until its output matches `until`: then it gets Ctrl-C. */
    run: (script: string, variables: Variables = {}, flags: string[] = [], until?: RegExp) =>
      new Promise<{ code: number | null; output: string }>((resolve) => {
        const child = execFile(
          process.execPath,
          [script, ...flags],
          options(variables),
          (_error, stdout, stderr) => resolve({ code: child.exitCode, output: stdout + stderr }),
        )
        children.push(child)
        let said = ''
        child.stdout?.on('data', (chunk: string) => {
          said += chunk
          if (until?.test(said) && !child.killed) child.kill('SIGINT')
        })
      }),

    /** Starts `npm run dev`. Resolves once it prints what it has started, or why it cannot start. */
    async dev(variables: Variables) {
      const child = spawn(process.execPath, ['scripts/dev.ts'], options(variables))
      children.push(child)
      let output = ''
      const hear = (chunk: Buffer) => (output += chunk)
      child.stdout.on('data', hear)
      child.stderr.on('data', hear)
      const exited = once(child, 'exit')
      const started = new Promise<void>((resolve) =>
        child.stdout.on('data', () => output.includes('Ctrl-C stops everything') && resolve()),
      )
      await Promise.race([started, exited])
      return { child, exited, output }
    },

    /** Stops the running process, as a shell does. */
    stop: () => children.forEach((child) => child.kill()),

    async [Symbol.asyncDispose]() {
      for (const child of children) {
        if (child.exitCode !== null || child.signalCode !== null) continue
        const exited = once(child, 'exit')
        child.kill()
        await exited
      }
      await removePostgres(join(folder, '.local/postgres'))
      await rm(folder, { recursive: true, force: true })
    },
  }
}
