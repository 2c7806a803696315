// npm run build -w clients/typescript: generates the client's types from the API's description, and then the client as one
// file to copy, clients/typescript/dist/scout-client.ts. With --check it only fails if the types are stale.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { describeApi } from '../src/openapi.ts'
import { joined } from './client/joined.ts'
import { typesOf } from './client/types.ts'
import { fail } from '../stack/words.ts'

const folder = join(import.meta.dirname, '../clients/typescript')
const typesPath = join(folder, 'src/types.ts')

// They are committed, so that readers and editors have them without a build.
const header = "// Made from the API's description by `npm run build -w clients/typescript`.\n\n"
const types = await formatted(header + typesOf(describeApi()))
if (process.argv.includes('--check')) {
  if (types !== (await readFile(typesPath, 'utf8')))
    fail('The types of the client are stale: `npm run build -w clients/typescript` generates them.')
  console.log("The client's types are those of the API's description.")
} else {
  await writeFile(typesPath, types)
  await mkdir(join(folder, 'dist'), { recursive: true })
  await writeFile(join(folder, 'dist/scout-client.ts'), await formatted(await joined(join(folder, 'src'))))
}

async function formatted(source: string) {
  return format(source, { ...(await resolveConfig(typesPath)), parser: 'typescript' })
}
