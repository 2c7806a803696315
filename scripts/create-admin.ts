// npm run admin:create: creates a superuser for the admin in the database that DATABASE_URL names, otherwise in the one in
// .dev.vars. Asks for email and password, or takes them from ADMIN_EMAIL and ADMIN_PASSWORD. Changes an existing account only
// if somebody says so: at a question, or with `-- --promote` and `-- --reset-password`.
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import type { Person } from '../src/auth/password-rules.ts'
import { optionsOf } from '../stack/options.ts'
import { chooseDatabase } from '../stack/chosen-database.ts'
import {
  type Account,
  changeAccount,
  createSuperuser,
  EmailTaken,
  emailWords,
  findAccounts,
  passwordWords,
} from '../stack/superuser.ts'
import { fail, reasonOf } from '../stack/words.ts'

const { ADMIN_EMAIL, ADMIN_PASSWORD } = process.env
const isAsking = process.stdin.isTTY && !(ADMIN_EMAIL && ADMIN_PASSWORD)

const flags = readFlags()
const { url, name } = await chooseDatabase()
const email = (ADMIN_EMAIL || (await ask('Email: '))).trim()
const account = await findAccount()
if (account) await change(account)
else await create(email.toLowerCase())

function readFlags() {
  const isFlag = { type: 'boolean', default: false } as const
  const { values } = optionsOf('usage: npm run admin:create -- [--promote] [--reset-password]', {
    options: { promote: isFlag, 'reset-password': isFlag },
  })
  return { isPromoted: values.promote, isReset: values['reset-password'] }
}

/** The account with the exact email, otherwise the one that differs in letter case. */
async function findAccount() {
  const found = await inDatabase(findAccounts(url, email))
  const exact = found.find((account) => account.email === email)
  if (!exact && found.length > 1)
    fail(`${name} has ${found.map((account) => account.email).join(' and ')}: write the one that you mean.`)
  return exact ?? found[0]
}

async function create(email: string) {
  if (flags.isPromoted || flags.isReset) fail(`There is no account with the email ${email} in ${name}.`)
  refuse(emailWords(email))
  const password = await askPassword({ email })
  await inDatabase(createSuperuser(url, email, password))
  console.log(`${email} is a superuser in ${name}, and signs in at /admin/.`)
}

async function change(account: Account) {
  console.log(`${account.email} has an account in ${name} already, which is ${stateOf(account)}.`)
  const { isPromoted, isReset } = flags.isPromoted || flags.isReset ? flags : await askWhatToChange()
  const password = isReset ? await askPassword(account) : null
  const after = await inDatabase(changeAccount(url, account.id, { isPromoted, password }))
  if (!after) fail('Somebody deleted it meanwhile.')
  if (isReset) console.log('It has the new password. Every session from before has ended.')
  console.log(`It is ${stateOf(after)}${isPromoted ? ' now' : ' as before'}.`)
}

async function askWhatToChange() {
  if (!isAsking)
    fail(
      'Nothing was changed. `-- --promote` makes it an active superuser, `-- --reset-password` gives it the new password.',
    )
  const isPromoted = await isAgreed('Make it an active superuser?')
  const isReset = await isAgreed('Give it a new password, and end its sessions?')
  if (!isPromoted && !isReset) fail('Nothing was changed.')
  return { isPromoted, isReset }
}

function stateOf({ is_active, is_staff, is_superuser }: Account) {
  const words = [is_active ? 'active' : 'inactive', is_staff ? 'staff' : 'not staff']
  return [...words, is_superuser ? 'a superuser' : 'no superuser'].join(', ')
}

async function isAgreed(question: string) {
  return /^y(es)?$/i.test((await ask(`${question} [y/N] `)).trim())
}

/** A valid password for this person: ADMIN_PASSWORD, or one that is typed twice. */
async function askPassword(person: Person) {
  const password = ADMIN_PASSWORD || (await ask('Password: ', true))
  refuse(await passwordWords(person, password))
  if (!ADMIN_PASSWORD && password !== (await ask('Password (again): ', true)))
    fail('The two passwords are not the same.')
  return password
}

function refuse(words: string[]) {
  if (words.length > 0) fail(words.join('\n'))
}

async function inDatabase<T>(work: Promise<T>) {
  return work.catch((error) => {
    if (error instanceof EmailTaken)
      fail(`Another account in ${name} has ${email} as its email or its username.`)
    return fail(`${name} can't be used: ${reasonOf(error)}`)
  })
}

async function ask(question: string, isSecret = false) {
  if (!isAsking) fail('There is nobody to ask: name the account in ADMIN_EMAIL and ADMIN_PASSWORD.')
  const silence = new Writable({ write: (_chunk, _encoding, done) => done() })
  const terminal = createInterface({
    input: process.stdin,
    output: isSecret ? silence : process.stdout,
    terminal: true,
  })
  // Ctrl-C and Ctrl-D.
  const leave = () => fail('\nNothing was changed.')
  terminal.once('close', leave)
  if (isSecret) process.stdout.write(question)
  const answer = await terminal.question(isSecret ? '' : question)
  terminal.off('close', leave).close()
  if (isSecret) process.stdout.write('\n')
  return answer
}
