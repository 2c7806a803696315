import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, cp, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { removePostgres } from '../../stack/postgres.ts'

const NEEDED = ['drizzle', 'package.json', 'scripts', 'src', 'stack', 'tsconfig.json', 'wrangler.toml']

export type Clone = Awaited<ReturnType<typeof makeClone>>
type Variables = Record<string, string | undefined>

/** The project in a folder of its own, where what `npm run dev` writes is in nobody's way. */
export async function makeClone() {
  const folder = await mkdtemp(join(tmpdir(), 'scout-clone-'))
  // Root's PostgreSQL runs as another user, who must get in.
  await chmod(folder, 0o755)
  for (const name of NEEDED) await cp(name, join(folder, name), { recursive: true })
  await symlink(resolve('node_modules'), join(folder, 'node_modules'))
  const children: ChildProcess[] = []
  const options = (variables: Variables) => ({ cwd: folder, env: { ...process.env, ...variables } })

  return {
    folder,

    /** Runs a script to its end. */
    run: (script: string, variables: Variables = {}) =>
      new Promise<{ code: number | null; output: string }>((resolve) => {
        const child = execFile(process.execPath, [script], options(variables), (_error, stdout, stderr) =>
          resolve({ code: child.exitCode, output: stdout + stderr }),
        )
        children.push(child)
      }),

    /** Starts `npm run dev`; answers once it says what it has started, or that it can't. */
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
