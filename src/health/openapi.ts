import type { Operations } from '../openapi/operation.ts'
import { answer, text } from '../openapi/schema.ts'

const health = answer<{ status: string }>(
  'Health',
  'That all is well.',
  { status: text('`ok`, always.') },
  { status: 'ok' },
)

export const healthOperations: Operations = {
  'GET /healthz': {
    operationId: 'getHealth',
    summary: 'Whether the Worker runs',
    description: 'Touches nothing: 200 says that the Worker runs, not that its database does.',
    answers: { 200: health },
    isPublic: true,
  },
  'GET /readyz': {
    operationId: 'getReadiness',
    summary: 'Whether the database answers in time',
    description: 'Asks the database for next to nothing: 503 where it does not answer in two seconds.',
    answers: { 200: health },
    isPublic: true,
  },
}
