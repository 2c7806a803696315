// The judge's own process, see start.ts: its memory and its crashes do not affect the parent.
import { chooseRuntime, loadDecoder, NoRuntime } from '@scout/detector'
import { MODEL, startJudgeServer } from './server.ts'

// Ends with its parent, however that ends.
process.on('disconnect', () => process.exit())

/** The parent may have ended meanwhile. */
const tell = (message: object) => process.connected && process.send?.(message, () => {})

try {
  await loadDecoder()
  const { note: warning } = await chooseRuntime()
  const { url } = await startJudgeServer()
  tell({ url, model: MODEL, warning })
} catch (error) {
  if (!(error instanceof NoRuntime)) throw error
  tell({ fault: error.message })
}
