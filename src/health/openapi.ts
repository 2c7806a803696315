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
    summary: 'Whether the Worker and its database are ready for requests',
    description:
      'Asks the database for next to nothing: 503 where that takes over two seconds, a table or column is missing, or a setting of the Worker is wrong.',
    answers: { 200: health },
    isPublic: true,
  },
}
