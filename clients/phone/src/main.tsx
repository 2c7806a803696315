import './styles/index.css'
import { render } from 'preact'
import { App } from './app.tsx'
import { pageSession } from './data/page-session.ts'
import { onSignOut, takeUpSession } from './data/session.ts'
import { refreshShown } from './data/watching.ts'
import { go, placeOf, startRouter } from './router.ts'
import { listenForInstall } from './push/install.ts'
import { resumePush, takeUpPush } from './push/push.ts'
import { thisBrowser } from './push/subscribe.ts'
import { reloadForMissingFiles } from './shell/missing-files.ts'
import { registerWorker, tellSignedOut } from './shell/worker.ts'

onSignOut(tellSignedOut)
takeUpSession(pageSession())
takeUpPush(thisBrowser)
listenForInstall()
startRouter()
reloadForMissingFiles()
// The first render waits for the next task, so that the browser can grant the refresh its lock before it.
setTimeout(() => render(<App />, document.getElementById('app')!))
void registerWorker({
  onOpen: (url) => go(placeOf(url)),
  onChanged: refreshShown,
  onPushEnded: resumePush,
})
