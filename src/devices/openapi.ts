import * as z from 'zod/mini'
import type { Operations } from '../openapi/operation.ts'
import { answer, input } from '../openapi/schema.ts'
import { heartbeat } from './json.ts'

const command = answer<{ command: 'none' }>(
  'Command',
  'What a camera is asked to do.',
  { command: z.enum(['none']).check(z.describe('Nothing: there is no live view yet.')) },
  { command: 'none' },
)

const noted = answer<object>('Noted', 'It is noted.', {}, {})

export const deviceOperations: Operations = {
  'POST /v1/cameras/heartbeat/': {
    operationId: 'sendHeartbeat',
    summary: 'Say that the camera is there',
    description:
      'For every 60 seconds; a camera that is silent for 180 seconds is offline. What else a camera tells of itself is taken, and only its version kept.',
    body: input(
      'Heartbeat',
      'What a camera tells of itself; all of it may be missing.',
      heartbeat,
      {
        version: 'The version of its program.',
        fps: 'Pictures a second that it looks at.',
        spooled: 'Pictures that wait for an upload.',
        temperature: 'Of its processor, in degrees Celsius.',
      },
      { version: '1.4.0', fps: 4.8, spooled: 0, temperature: 51.5 },
    ),
    isBodyOptional: true,
    answers: { 200: noted },
    isOfDevice: true,
  },
  'POST /v1/cameras/update_preview_time/': {
    operationId: 'notePreview',
    summary: 'Say that there is a new preview',
    description:
      'After the upload of a preview. No body is read, whatever its type; the time is written at most every 10 seconds.',
    answers: { 200: 'The time of the preview is now.' },
    isOfDevice: true,
  },
  'GET /v1/cameras/streaming/command': {
    operationId: 'pollCommand',
    summary: 'Wait for a command',
    description:
      'The answer is held for 25 seconds and then says `none`. It counts as a heartbeat; a camera asks again at once, but no more often than every 5 seconds.',
    answers: { 200: command },
    isOfDevice: true,
  },
}
