import { openReader } from './reader.ts'

/**
 * Why scanning fails: no HTTPS, permission refused, no camera, camera in use by another app, camera failed, or the code reader did not
 * load.
 */
export type Blind = 'insecure' | 'refused' | 'missing' | 'busy' | 'failed' | 'unread'

const WANTED = {
  audio: false,
  video: { facingMode: 'environment', width: { ideal: 1280 }, height: { ideal: 720 } },
} as const
const PAUSE_IN_MS = 100

const REASONS: Record<string, Blind> = {
  NotAllowedError: 'refused',
  NotFoundError: 'missing',
  OverconstrainedError: 'missing',
  NotReadableError: 'busy',
  AbortError: 'busy',
}

type Watching = { onSeeing: () => void; onText: (text: string) => void; stop: AbortSignal }

/** Shows this device's camera and reports the text of each code, until it is stopped. Returns why it ended otherwise. */
export async function watchLens(
  video: HTMLVideoElement,
  { onSeeing, onText, stop }: Watching,
): Promise<Blind | undefined> {
  const lens = await openLens()
  if (typeof lens === 'string') return stop.aborted ? undefined : lens
  const close = () => lens.getTracks().forEach((track) => track.stop())
  stop.addEventListener('abort', close)
  try {
    if (stop.aborted) return undefined
    video.srcObject = lens
    // Leaving the screen interrupts `play`.
    await video.play().catch(() => {})
    onSeeing()
    const reader = await openReader()
    while (lens.active && !stop.aborted) {
      if (video.readyState >= video.HAVE_CURRENT_DATA)
        for (const { rawValue } of await reader.detect(video)) if (!stop.aborted) onText(rawValue)
      await new Promise((resolve) => setTimeout(resolve, PAUSE_IN_MS))
    }
    return stop.aborted ? undefined : 'busy'
  } catch (error) {
    console.error(error)
    return stop.aborted ? undefined : 'unread'
  } finally {
    close()
    stop.removeEventListener('abort', close)
  }
}

async function openLens(): Promise<MediaStream | Blind> {
  if (!isSecureContext || !('mediaDevices' in navigator)) return 'insecure'
  try {
    return await navigator.mediaDevices.getUserMedia(WANTED)
  } catch (error) {
    return REASONS[(error as DOMException).name] ?? 'failed'
  }
}
