// npm run demo [-- http://localhost:8787] [--keep-going]: the whole product at work, hop by hop, against the stack that runs in this
// folder. It leaves an account with a week of events. With --keep-going the camera goes on looking until Ctrl-C.
import { once } from 'node:events'
import { onStop } from '../stack/stopping.ts'
import { optionsOf, refuse } from '../stack/options.ts'
import { aDemoCamera } from './demo/camera.ts'
import { moveIn } from './demo/home.ts'
import { explain, followToPhone, followToStorage } from './demo/picture.ts'
import { hasNotRungAgain, refuseAgain, refuseOthers, refuseUploads } from './demo/refusals.ts'
import { runningStack } from './demo/stack.ts'
import { Broken, newReport } from './kit/report.ts'
import { originOf } from './kit/origin.ts'

const { address, isEndless } = readOptions()
const stack = await runningStack(address)
const account = { email: `demo-${crypto.randomUUID().slice(0, 8)}@example.com`, password: 'plain-sailing-77' }
const report = newReport()
let isTold = false
const camera = await aDemoCamera(stack.url, (words) => isTold && console.log(`Camera: ${words}`))
const stopping = new AbortController()
onStop(() => stopping.abort())

try {
  await Promise.race([tell(), once(stopping.signal, 'abort')])
  if (isEndless && !stopping.signal.aborted) {
    console.log('\nThe camera goes on; Ctrl-C ends it. What the phone shows is printed by `npm run dev`.\n')
    isTold = true
    await Promise.race([camera.ended(), once(stopping.signal, 'abort')])
  }
} catch (error) {
  // A step that broke has said so itself.
  if (!(error instanceof Broken)) throw error
  process.exitCode = 1
} finally {
  await camera.stop()
}
process.exit()

/** The story of Scout, from sign-up to a push, and what is refused. */
async function tell() {
  console.log('A camera at the door')
  const home = await moveIn(stack, camera, account, report)

  console.log('\nSomebody comes to the door')
  const picture = await followToStorage(camera, report)
  const event = await followToPhone(home, picture, stack, report)

  if (event) {
    console.log('\nWhy did the other rule not ring?')
    await explain(event, report)
  }

  console.log('\nWhat is refused')
  await refuseAgain(picture, await camera.device(), report.step)
  await refuseOthers(stack.url, home, report.step)
  await refuseUploads(home.scout, picture.bytes, stack.storage, report.step)
  if (event) await hasNotRungAgain(home, report.step)
  report.end()
  console.log(`
Look at it, signed in as ${account.email} with the password ${account.password}:

Timeline     ${stack.url}/app/timeline
The picture  ${stack.url}/app/events/${picture.id}
Admin        ${stack.url}/admin/, as \`npm run dev\` says

Its cameras count as offline after three minutes. \`npm run demo -- --keep-going\` keeps the front door's online.`)
}

function readOptions() {
  const usage = 'usage: npm run demo [-- <URL>] [--keep-going]'
  const options = { 'keep-going': { type: 'boolean', default: false } } as const
  const { values, positionals } = optionsOf(usage, { allowPositionals: true, options })
  const [url] = positionals
  try {
    return { address: url && originOf(url), isEndless: values['keep-going'] }
  } catch (error) {
    return refuse(error, usage)
  }
}
