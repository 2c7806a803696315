// npm run admin:create: makes a superuser for the admin in the database that DATABASE_URL names, else the one in
// .dev.vars. Asks for email and password, or takes them from ADMIN_EMAIL and ADMIN_PASSWORD.
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { readDevVars } from './stack/dev-vars.ts'
import { createSuperuser, EmailTaken, passwordWords } from './stack/superuser.ts'
import { databaseName, fail } from './stack/words.ts'

const databaseUrl = process.env.DATABASE_URL || (await readDevVars())?.DATABASE_URL
if (!databaseUrl) fail('There is no DATABASE_URL, neither in the environment nor in .dev.vars.')

const database = databaseName(databaseUrl)
const { ADMIN_EMAIL, ADMIN_PASSWORD } = process.env
const isAsking = !(ADMIN_EMAIL && ADMIN_PASSWORD)
if (isAsking && !process.stdin.isTTY)
  fail('There is nobody to ask: name the account in ADMIN_EMAIL and ADMIN_PASSWORD.')

const email = (ADMIN_EMAIL || (await ask('Email: '))).trim().toLowerCase()
const password = ADMIN_PASSWORD || (await askTwice())
const words = await passwordWords(email, password)
if (words.length > 0) fail(words.join('\n'))

try {
  await createSuperuser(databaseUrl, email, password)
  console.log(`${email} is a superuser in ${database}, and signs in at /admin/.`)
} catch (error) {
  if (error instanceof EmailTaken) fail(`There is an account with the email ${email} in ${database} already.`)
  fail(`${database} can't be written: ${(error as Error).message}`)
}

async function askTwice() {
  const [first, second] = [await ask('Password: ', true), await ask('Password (again): ', true)]
  return first === second ? first : fail('The two passwords are not the same.')
}

async function ask(question: string, isSecret = false) {
  const silence = new Writable({ write: (_chunk, _encoding, done) => done() })
  const terminal = createInterface({
    input: process.stdin,
    output: isSecret ? silence : process.stdout,
    terminal: true,
  })
  if (isSecret) process.stdout.write(question)
  const answer = await terminal.question(isSecret ? '' : question)
  terminal.close()
  if (isSecret) process.stdout.write('\n')
  return answer
}
