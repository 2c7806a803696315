// Writes dist/assets, the files that are deployed beside the Worker and read through its ASSETS binding.
import { mkdir, writeFile } from 'node:fs/promises'
import { dictionary } from '@zxcvbn-ts/language-common'

const folder = new URL('../dist/assets/', import.meta.url)
await mkdir(folder, { recursive: true })

// The 20,000 most common, lower-case, one a line, with a line break before the first and after the last.
const passwords = dictionary['passwords-common'].slice(0, 20_000)
await writeFile(new URL('common-passwords.txt', folder), `\n${passwords.join('\n')}\n`)
