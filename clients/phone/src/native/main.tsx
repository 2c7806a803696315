import '../styles/index.css'
import { render } from 'preact'
import { App } from '../app.tsx'
import { onSignOut, takeUpSession } from '../data/session.ts'
import { refreshShown } from '../data/watching.ts'
import { takeUpPush } from '../push/push.ts'
import { go, startRouter } from '../router.ts'
import { shareDownloads } from './downloads.ts'
import { keychainSession } from './keychain.ts'
import { thisIPhone } from './push.ts'
import { closeShown, listenToPushes } from './pushes.ts'

// The main.tsx of the iPhone app: no service worker, the session in the Keychain, pushes by Apple.
void start()

/** A plugin's own file imports this one, so that this one must not wait for it at its top level. */
async function start() {
  onSignOut(closeShown)
  takeUpSession(await keychainSession())
  takeUpPush(await thisIPhone())
  startRouter()
  shareDownloads()
  render(<App />, document.getElementById('app')!)
  await listenToPushes({ onOpen: go, onShown: refreshShown })
}
