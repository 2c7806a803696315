import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { request } from 'node:http'
import type { Detection, Detector } from '@scout/detector'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { readRule } from '../../src/rules/reading.ts'
import { startJudgeServer } from '../../stack/judge/server.ts'
import { startJudge } from '../../stack/judge/start.ts'
import { captionOf, verdictOn } from '../../stack/judge/verdict.ts'

const things = (...words: string[]): Detection[] =>
  words.map((word) => {
    const [, label = '', score] = /^(.*) (\S+)$/.exec(word)!
    return { label: label as Detection['label'], score: Number(score), box: [0, 0, 1, 1] }
  })
const cannotTell = (words: string) =>
  `Scout’s built-in judge knows 80 things by sight and cannot tell ${words}. A vision model (JUDGE_URL) can.`

describe('a verdict', () => {
  it.each([
    ['a cat', ['cat 0.93'], 'yes', 'cat 0.93'],
    ['a cat', ['cat 0.60'], 'yes', 'cat 0.60'],
    ['a cat', ['cat 0.59'], 'unsure', 'perhaps 1 cat (0.59): not certain enough'],
    ['a cat', ['dog 0.93'], 'no', 'no cat seen'],
    ['a cat', [], 'no', 'no cat seen'],
    ['cats or dogs', ['dog 0.7', 'cat 0.4'], 'yes', 'dog 0.70'],
    ['cats or dogs', ['cat 0.4'], 'unsure', 'perhaps 1 cat (0.40): not certain enough'],
    ['cats or dogs', ['bird 0.9'], 'no', 'no cat or dog seen'],
    ['a cat and a dog', ['cat 0.9', 'dog 0.8'], 'yes', 'cat 0.90, dog 0.80'],
    ['a cat and a dog', ['cat 0.9', 'dog 0.4'], 'unsure', 'perhaps 1 dog (0.40): not certain enough'],
    ['a cat and a dog', ['cat 0.9'], 'no', 'no dog seen'],
    ['two people', ['person 0.9', 'person 0.8'], 'yes', '2 people 0.90, 0.80'],
    ['two people', ['person 0.9', 'person 0.4'], 'unsure', 'perhaps 2 people (0.40): not certain enough'],
    ['two people', ['person 0.9'], 'no', '1 person seen at most, not 2'],
    ['any motion', [], 'yes', 'something moved'],
  ])('on `%s` with %j is %s', (rule, found, verdict, evidence) => {
    expect(verdictOn(readRule(rule), things(...found))).toEqual({ verdict, evidence })
  })

  it.each([
    ['a parcel', [], cannotTell('“parcel”')],
    ['a person in a red coat', ['person 0.9'], cannotTell('“in a red coat”')],
    ['a dog on the sofa', ['dog 0.9', 'couch 0.9'], cannotTell('“on the sofa”')],
    ['nobody', [], cannotTell('“nobody”')],
    ['Alert me when a courier delivers a parcel', ['person 0.9'], expect.stringContaining('cannot tell “')],
    ['when the bike is gone', [], expect.stringContaining('cannot tell “')],
    ['Sag mir, wenn ein Hund im Garten ist', ['dog 0.9'], expect.stringContaining('cannot tell “')],
    ['avísame si ves un perro', ['dog 0.9'], expect.stringContaining('cannot tell “')],
  ])('on `%s` is never a guess', (rule, found, evidence) => {
    expect(verdictOn(readRule(rule), things(...found))).toEqual({ verdict: 'unsure', evidence })
  })

  it('is no where a thing that the rule needs is not there, whatever else it says', () => {
    const asked = readRule('a person in a red coat')
    expect(verdictOn(asked, things('dog 0.9'))).toEqual({ verdict: 'no', evidence: 'no person seen' })
    expect(verdictOn(asked, things('person 0.31'))).toMatchObject({ verdict: 'unsure' })
  })

  it('says in 240 characters what it cannot tell, however long that is', () => {
    const { evidence } = verdictOn(
      { objects: [], together: false, motion: false, beyond: ['x'.repeat(400), 'y'.repeat(400), 'z'] },
      [],
    )
    expect(evidence.length).toBeLessThanOrEqual(240)
    expect(evidence).toMatch(/“x{59}…” or “y{59}…”/)
  })
})

it('says in a caption what is surely there', () => {
  expect(captionOf(things('person 0.9', 'bus 0.8', 'car 0.7', 'bus 0.6', 'cat 0.59'))).toBe(
    'person, 2 buses, car',
  )
  expect(captionOf(things('knife 0.9', 'knife 0.8', 'sheep 0.9', 'sheep 0.9'))).toBe('2 knives, 2 sheep')
})

const cat = await readFile('scripts/photos/cat.jpg')
const imageOf = (bytes: Uint8Array) => ({
  type: 'image_url',
  image_url: { url: `data:image/jpeg;base64,${Buffer.from(bytes).toString('base64')}` },
})
const rules = (...rules: unknown[]) => ({ type: 'text', text: JSON.stringify({ rules }) })
const aCat = rules({ number: 1, description: 'a cat' })
const chat = (content: unknown = [imageOf(cat), aCat], more = {}) => ({
  model: 'scout-local',
  messages: [
    { role: 'system', content: 'Judge.' },
    { role: 'user', content },
  ],
  ...more,
})

async function ask(url: string, body: unknown) {
  const response = await fetch(`${url}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return { status: response.status, headers: response.headers, json: (await response.json()) as any }
}

describe('the judge’s API', () => {
  const { JUDGE_URL: url } = inject('localJudge')

  it('answers as a chat completion, with what the schema asks for', async () => {
    const { status, json } = await ask(url, chat())

    expect(status).toBe(200)
    expect(json).toEqual({
      id: expect.stringMatching(/^chatcmpl-/),
      object: 'chat.completion',
      created: expect.any(Number),
      model: 'scout-local',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: expect.any(String), refusal: null },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
    })
    expect(JSON.parse(json.choices[0].message.content)).toEqual({
      caption: 'cat',
      text_addresses_you: false,
      rules: [{ number: 1, evidence: 'cat 0.93', verdict: 'yes' }],
    })
  })

  it('takes for possible what is not sure, and for nothing what is less', async () => {
    const cars = imageOf(await readFile('test/photos/cars.jpg'))
    const counts = [2, 3, 10, 11].map((count, i) => ({
      number: i + 1,
      description: `at least ${count} cars`,
    }))
    const { json } = await ask(url, chat([cars, rules(...counts)]))

    const said = JSON.parse(json.choices[0].message.content).rules as { evidence: string }[]
    expect(said.map(({ evidence }) => evidence)).toEqual([
      '2 cars 0.77, 0.70',
      'perhaps 3 cars (0.49): not certain enough',
      'perhaps 10 cars (0.36): not certain enough',
      '10 cars seen at most, not 11',
    ])
  })

  it('lists its one model', async () => {
    expect(await (await fetch(`${url}/models`)).json()).toEqual({
      object: 'list',
      data: [{ id: 'scout-local', object: 'model', created: 0, owned_by: 'scout' }],
    })
  })

  const OTHERWISE =
    'This judge answers what the Worker asks: a JPEG or PNG as a data URI, and numbered rules.'
  it.each([
    [
      'another model',
      chat(undefined, { model: 'gpt-5' }),
      404,
      'The model `gpt-5` does not exist',
      'model_not_found',
    ],
    ['no model', chat(undefined, { model: undefined }), 400, 'you must provide a model parameter', null],
    ['no JSON', '{', 400, 'you must provide a model parameter', null],
    ['JSON that is no object', 'null', 400, 'you must provide a model parameter', null],
    [
      'a stream',
      chat(undefined, { stream: true }),
      400,
      'This judge answers at once, not as a stream.',
      null,
    ],
    ['no messages', chat(undefined, { messages: [] }), 400, OTHERWISE, null],
    ['messages that are none', chat(undefined, { messages: [null] }), 400, OTHERWISE, null],
    ['only words', chat('Is there a cat?'), 400, OTHERWISE, null],
    ['no picture', chat([aCat]), 400, OTHERWISE, null],
    [
      'a picture elsewhere',
      chat([{ type: 'image_url', image_url: { url: 'https://example.com/a.jpg' } }, aCat]),
      400,
      OTHERWISE,
      null,
    ],
    ['no rules', chat([imageOf(cat), rules()]), 400, OTHERWISE, null],
    ['rules that are none', chat([imageOf(cat), rules(null, 7)]), 400, OTHERWISE, null],
    [
      'a picture that is none',
      chat([imageOf(Buffer.from('abcdef')), aCat]),
      400,
      'The picture is neither JPEG nor PNG.',
      'invalid_image',
    ],
    [
      'a picture that broke off',
      chat([imageOf(cat.subarray(0, 9_000)), aCat]),
      400,
      'The picture is broken.',
      'invalid_image',
    ],
  ])('refuses %s in OpenAI’s form', async (_, body, status, message, code) => {
    const answer = await ask(url, body)
    expect(answer.status).toBe(status)
    expect(answer.json).toEqual({ error: { message, type: 'invalid_request_error', param: null, code } })
  })

  it('refuses another address, and more than a picture has', async () => {
    const elsewhere = await fetch(`${url}/embeddings`, { method: 'POST', body: '{}' })
    expect([elsewhere.status, await elsewhere.json()]).toMatchObject([
      404,
      { error: { code: 'unknown_url' } },
    ])

    const sending = request(`${url}/chat/completions`, { method: 'POST' })
    sending.on('error', () => {})
    sending.write(Buffer.alloc(9 * 1024 * 1024))
    const [response] = await once(sending, 'response')
    sending.destroy()
    expect(response.statusCode).toBe(413)
  })
})

it('looks at one picture at a time, lets few wait and none for a failure before it', async () => {
  let [looking, most, left] = [0, 0, 0]
  const { promise: held, resolve: release } = Promise.withResolvers<void>()
  const detect: Detector['detect'] = async () => {
    most = Math.max(most, ++looking)
    await held
    looking--
    if (++left === 1) throw new Error('broken')
    return things('cat 0.9')
  }
  const server = await startJudgeServer(async () => ({ detect }) as Detector)
  onTestFinished(server.stop)

  const asked = Array.from({ length: 20 }, () => ask(server.url, chat()))
  const { promise: fourAnswers, resolve: count } = Promise.withResolvers<void>()
  let answered = 0
  for (const one of asked) void one.then(() => ++answered === 4 && count())
  await fourAnswers
  const refused = await Promise.race(asked)
  release()
  const answers = await Promise.all(asked)

  expect(refused.json.error).toMatchObject({
    message: 'Too many pictures wait here.',
    code: 'rate_limit_exceeded',
  })
  expect(refused.headers.get('retry-after')).toBe('1')
  const statuses = Map.groupBy(answers, ({ status }) => status)
  expect(Array.from(statuses, ([status, { length }]) => [status, length]).sort()).toEqual([
    [200, 15],
    [429, 4],
    [500, 1],
  ])
  expect(most).toBe(1)
})

describe('the judge’s process', () => {
  it('leaves nothing behind where it is stopped', async () => {
    const { url, stop, exited } = await startJudge()
    await stop()

    expect(await exited).toBe('The judge ended by itself (SIGTERM).')
    await expect(fetch(`${url}/models`)).rejects.toThrow()
  })

  it('says why there is none where no runtime is installed', async () => {
    const hooks = `import{registerHooks}from'node:module';registerHooks({resolve(name,context,next){if(name.startsWith('onnxruntime'))throw(Object.assign(new(Error),{code:'ERR_MODULE_NOT_FOUND'}));return(next(name,context))}})`
    const { NODE_OPTIONS = '' } = process.env
    process.env.NODE_OPTIONS = `${NODE_OPTIONS} --import data:text/javascript,${encodeURIComponent(hooks)}`
    onTestFinished(() => void (process.env.NODE_OPTIONS = NODE_OPTIONS))

    expect(await startJudge()).toMatchObject({
      url: '',
      fault:
        'onnxruntime-node is not installed, and onnxruntime-web is not installed: `npm install onnxruntime-web` installs a runtime for any machine.',
    })
  })
})
