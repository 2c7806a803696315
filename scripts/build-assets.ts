// Writes dist/assets, the files that are deployed beside the Worker and read through its ASSETS binding.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dictionary } from '@zxcvbn-ts/language-common'
import { describeApi } from '../src/openapi/document.ts'

const folder = join(import.meta.dirname, '../dist/assets')
await mkdir(folder, { recursive: true })

// The 20,000 most common, lower-case, one a line, with a line break before the first and after the last.
const passwords = dictionary['passwords-common'].slice(0, 20_000)
await writeFile(join(folder, 'common-passwords.txt'), `\n${passwords.join('\n')}\n`)

// The API's description is made of the schemas that validate, here and not in the Worker, so that it costs no start-up.
await writeFile(join(folder, 'openapi.json'), JSON.stringify(describeApi()))
