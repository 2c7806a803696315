import type { Operations } from '../openapi/operation.ts'
import { answer, input, text } from '../openapi/schema.ts'
import { apnsInput } from './json.ts'

const MESSAGE = 'APNs token updated successfully'

export const pushOperations: Operations = {
  'POST /v1/users/apns_token/': {
    operationId: 'registerApnsToken',
    summary: 'Have an iPhone told',
    description:
      'An app sends the token that it has of Apple at each start. A phone belongs to the account that registered it last; null changes nothing.',
    body: input(
      'ApnsToken',
      'An iPhone.',
      apnsInput,
      { apns_device_id: 'Its token for Apple’s push service, in hexadecimal digits.' },
      { apns_device_id: '0123456789abcdef'.repeat(4) },
    ),
    answers: {
      200: answer<{ message: string }>(
        'ApnsTokenKept',
        'It is kept.',
        { message: text('That it is.') },
        { message: MESSAGE },
      ),
    },
  },
}
