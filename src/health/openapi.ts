import type { Operations } from '../openapi/operation.ts'
import { answer, text } from '../openapi/schema.ts'

const health = answer<{ status: string }>(
  'Health',
  'The service is healthy.',
  { status: text('Always `ok`.') },
  { status: 'ok' },
)

export const healthOperations: Operations = {
  'GET /healthz': {
    operationId: 'getHealth',
    summary: 'Check that the Worker runs',
    description: 'Touches nothing else: 200 means that the Worker runs, not that its database does.',
    answers: { 200: health },
    isPublic: true,
  },
  'GET /readyz': {
    operationId: 'getReadiness',
    summary: 'Check that the Worker and its database are ready',
    description:
      'Runs a small query. Returns 503 if that takes more than two seconds, if a table or column is missing, or if a setting of the Worker is wrong.',
    answers: { 200: health },
    isPublic: true,
  },
}
