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
    description: 'Touches nothing.',
    answers: { 200: health },
    isPublic: true,
  },
  'GET /readyz': {
    operationId: 'getReadiness',
    summary: 'Whether the database answers in time',
    answers: { 200: health },
    isPublic: true,
  },
}
