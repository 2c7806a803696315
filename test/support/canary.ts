import { inject } from 'vitest'
import { log } from '../../src/log.ts'

// In every file's isolate: the search for secrets in the log must find this one, or it searches nothing.
log.info({ event: 'canary', secret: inject('canary') })
