// The judge's own process, see start.ts: its memory and its crashes do not affect the parent.
import { chooseRuntime, loadDecoder, NoRuntime } from '@scout/detector'
import { MODEL, startJudgeServer } from './server.ts'

// Ends with its parent, however that ends.
process.on('disconnect', () => process.exit())

try {
  await loadDecoder()
  const { note: warning } = await chooseRuntime()
  const { url } = await startJudgeServer()
  process.send?.({ url, model: MODEL, warning })
} catch (error) {
  if (!(error instanceof NoRuntime)) throw error
  process.send?.({ fault: error.message })
}
