import { describe, expect, inject, it } from 'vitest'
import { ANSWER_SCHEMA, messagesOf } from '../../src/events/judge/question.ts'

const { JUDGE_URL, JUDGE_API_KEY } = inject('judge')

const [system, user] = messagesOf({
  image: new Uint8Array([0xff, 0xd8, 0xff, 0xe0]),
  type: 'image/jpeg',
  place: null,
  time: 'Thursday, 22:05',
  rules: [{ description: 'A fox', corrections: [] }],
}) as [object, { role: string; content: [object, object] }]
const [image, text] = user.content
const format = (schema: object, change = {}) => ({
  type: 'json_schema',
  json_schema: { name: 'judgement', strict: true, schema, ...change },
})
const CHAT = {
  model: 'contract-of-protocol',
  messages: [system, user],
  response_format: format(ANSWER_SCHEMA),
  temperature: 0,
  max_completion_tokens: 210,
}
const userOf = (...content: object[]) => ({ messages: [system, { role: 'user', content }] })
const imageOf = (url: string) => userOf({ type: 'image_url', image_url: { url } }, text)
const textOf = (words: string) => userOf(image, { type: 'text', text: words })

async function ask(change: object, headers: Record<string, string> = {}) {
  const response = await fetch(`${JUDGE_URL}/chat/completions`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${JUDGE_API_KEY}`,
      ...headers,
    },
    body: JSON.stringify({ ...CHAT, ...change }),
  })
  await response.body?.cancel()
  return response.status
}

describe('the contract server', () => {
  it('takes what keeps to the contract', async () => {
    expect(await ask({})).toBe(200)
    expect(await ask({ response_format: { type: 'json_object' } })).toBe(200)
  })

  it.each<[string, object]>([
    ['nothing', { messages: undefined }],
    ['no picture', userOf(text)],
    ['a picture after the rules', userOf(text, image)],
    ['two pictures', userOf(image, image, text)],
    ['a link to a picture', imageOf('https://example.com/a.jpeg')],
    ['a picture of another type', imageOf('data:image/png;base64,/9j/4A==')],
    ['another picture', imageOf('data:image/gif;base64,R0lGODlh')],
    ['rules in prose', textOf('1. A fox')],
    ['no rules', textOf('{"rules": []}')],
    ['other numbers', textOf('{"rules": [{"number": 2, "description": "A fox"}]}')],
    ['a parameter that nobody knows', { seed: 1 }],
    ['another temperature', { temperature: 1 }],
    ['more tokens', { max_completion_tokens: 4_096 }],
    ['another format', { response_format: { type: 'text' } }],
    ['a loose schema', { response_format: format(ANSWER_SCHEMA, { strict: false }) }],
    ['an open schema', { response_format: format({ ...ANSWER_SCHEMA, additionalProperties: true }) }],
    ['an optional property', { response_format: format({ ...ANSWER_SCHEMA, required: ['rules'] }) }],
  ])('refuses %s', async (_, change) => {
    expect(await ask(change)).toBe(400)
  })

  it.each(['', 'Bearer ', 'Bearer another', JUDGE_API_KEY])('refuses %j for a key', async (Authorization) => {
    expect(await ask({}, { Authorization })).toBe(401)
  })
})
