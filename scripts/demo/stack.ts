import type { Settings } from '../../src/settings.ts'
import { readDevVars, ROOT } from '../../stack/dev-vars.ts'
import { helloOf } from '../../stack/neon-endpoint.ts'
import { fail } from '../../stack/words.ts'

export type Stack = Awaited<ReturnType<typeof runningStack>>

/** The stack that runs in this folder: where it answers, and what leads to its parts. Ends the process where there is none. */
export async function runningStack(address?: string) {
  const variables = await readDevVars().catch((error: Error) => fail(error.message))
  if (!variables) return fail('There is no .dev.vars: `npm run dev` writes it and starts what this talks to.')
  const url = address ?? (await addressOf(variables.SQL_ENDPOINT ?? ''))
  await fetch(`${url}/healthz`).catch(() => fail(`Nothing answers at ${url}: start it with \`npm run dev\`.`))
  return {
    url,
    databaseUrl: process.env.DATABASE_URL ?? variables.DATABASE_URL ?? '',
    storage: {
      S3_BUCKET: variables.S3_BUCKET || 'scout-uploads',
      S3_REGION: variables.S3_REGION || 'us-east-1',
      S3_ENDPOINT: variables.S3_ENDPOINT ?? '',
      AWS_ACCESS_KEY_ID: variables.AWS_ACCESS_KEY_ID ?? '',
      AWS_SECRET_ACCESS_KEY: variables.AWS_SECRET_ACCESS_KEY ?? '',
      AWS_SESSION_TOKEN: variables.AWS_SESSION_TOKEN ?? '',
    } satisfies Settings['storage'],
    /** Whether the judge and the push service are those of `npm run dev`, which know what the demo shows. */
    isOurJudge: !variables.JUDGE_URL,
    isOurPush: !variables.VAPID_PUBLIC_KEY,
  }
}

async function addressOf(sqlEndpoint: string) {
  const hello = URL.canParse(sqlEndpoint) ? await helloOf(sqlEndpoint) : undefined
  if (hello?.owner !== ROOT) return fail('Nothing runs in this folder: start it with `npm run dev`.')
  return hello.url ?? fail('`npm run dev` is still starting: wait until it says `App`.')
}
