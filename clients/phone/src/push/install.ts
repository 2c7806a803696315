import { signal } from '@preact/signals'

/** Chromium's event for installing the app with a button. */
type InstallPrompt = Event & { prompt(): Promise<{ outcome: 'accepted' | 'dismissed' }> }

/** Shows the browser's install prompt; null if there is none, or if the app is installed. */
export const installPrompt = signal<(() => Promise<void>) | null>(null)

/** Keeps the browser's install prompt, which comes once, soon after the start. */
export function listenForInstall() {
  addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault()
    installPrompt.value = async () => {
      const { outcome } = await (event as InstallPrompt).prompt()
      if (outcome === 'accepted') installPrompt.value = null
    }
  })
  addEventListener('appinstalled', () => (installPrompt.value = null))
}

/** Whether this is a browser on an iPhone or iPad, where only an app on the Home Screen may get pushes. */
export const isHomeScreenMissing = ({
  userAgent,
  maxTouchPoints,
  isInstalled = matchMedia('(display-mode: standalone)').matches,
}: Pick<Navigator, 'userAgent' | 'maxTouchPoints'> & { isInstalled?: boolean } = navigator) =>
  // An iPad claims to be a Mac, but no Mac has a touch screen.
  !isInstalled && (/iPhone|iPad/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1))
