import { app } from './app.ts'
import { forgetOldAttempts } from './auth/attempts.ts'
import { connect } from './db/client.ts'

export default {
  fetch: app.fetch,
  async scheduled(_event, env) {
    await forgetOldAttempts(connect(env))
  },
} satisfies ExportedHandler<Env>
