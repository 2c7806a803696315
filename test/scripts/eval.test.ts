import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Call, type Outcome, questionsFor } from '../../bench/eval/ask.ts'
import { costOf, scoreOf, signsIn } from '../../bench/eval/figures.ts'
import { chosenFrom, momentOf, type Pair, readLabels } from '../../bench/eval/pairs.ts'
import { priceOf } from '../../bench/eval/prices.ts'
import { isOpen } from '../../src/rules/hours.ts'
import { readRule } from '../../src/rules/reading.ts'
import { type ContractJudgeOptions, startContractJudge } from '../../stack/contract-judge/server.ts'
import { close, listen, LOOPBACK } from '../../stack/net.ts'

const labels = await readLabels()
const { pictures, pairs } = labels

describe('the labels', () => {
  it('are of at least 100 pairs on 20 pictures, none twice, with every everyday rule', () => {
    expect(pairs.length).toBeGreaterThanOrEqual(100)
    expect(Object.keys(pictures).length).toBeGreaterThanOrEqual(20)
    expect(new Set(pairs.map(({ picture, rule }) => `${picture}: ${rule}`)).size).toBe(pairs.length)
    const rules = new Set(pairs.map(({ rule }) => rule))
    expect(Array.from(labels.everyday).filter((rule) => !rules.has(rule))).toEqual([])
    expect(labels.everyday.size).toBe(30)
  })

  it('use every picture, and no other', () => {
    expect(new Set(pairs.map(({ picture }) => picture))).toEqual(new Set(Object.keys(pictures)))
  })

  it('ask of a sign only what is asked of its scene without the sign', () => {
    const asked = new Set(pairs.map(({ picture, rule }) => `${picture}: ${rule}`))
    const alone = pairs.filter(({ picture, rule }) => {
      const { without } = pictures[picture]!
      return without && !asked.has(`${without}: ${rule}`)
    })
    expect(alone).toEqual([])
    expect(Object.values(pictures).filter(({ without }) => without).length).toBeGreaterThanOrEqual(2)
  })

  it('ask nothing outside the hours of a rule, when the Worker would not', () => {
    const closed = pairs.filter(
      ({ picture, rule, time }) => !isOpen(readRule(rule), momentOf(time ?? pictures[picture]!.time), 'UTC'),
    )
    expect(closed).toEqual([])
  })

  it('are of small JPEGs, each of which a README beside it names with its terms', async () => {
    for (const { file } of Object.values(pictures)) {
      const { format, width, height } = await sharp(file).metadata()
      expect({ file, format }).toEqual({ file, format: 'jpeg' })
      expect(Math.max(width, height)).toBeLessThanOrEqual(1280)
      const [, folder = '', name = ''] = /^(.*)\/(.*)$/.exec(file)!
      expect(await readFile(join(folder, 'README.md'), 'utf8')).toContain(`| ${name} `)
    }
    const files = await readdir('bench/eval/pictures')
    const used = Object.values(pictures).map(({ file }) => file)
    expect(files.filter((name) => !used.includes(`bench/eval/pictures/${name}`))).toEqual(['README.md'])
  })
})

describe('the figures', () => {
  const outcomes = (...list: [Pair['expected'], Outcome['verdict']][]) =>
    list.map(([expected, verdict], i): Outcome => ({
      picture: `picture ${i}`,
      rule: 'A cat',
      expected,
      verdict,
      failure: verdict ? null : 'busy',
      evidence: '',
    }))
  const call = (more: Partial<Call> = {}): Call => ({
    picture: 'cat',
    rules: 1,
    failure: null,
    textAddressesYou: false,
    milliseconds: 1_000,
    tokensIn: 1_000,
    tokensOut: 100,
    ...more,
  })

  it('count unsure and failed as neither right nor wrong, and as missed', () => {
    const score = scoreOf(
      outcomes(
        ['yes', 'yes'],
        ['yes', 'yes'],
        ['yes', 'yes'],
        ['yes', 'no'],
        ['yes', 'unsure'],
        ['yes', null],
        ['no', 'yes'],
        ['no', 'no'],
        ['no', 'unsure'],
        ['no', 'unsure'],
      ),
    )
    expect(score).toEqual({
      pairs: 10,
      toBeYes: 6,
      answered: 6,
      right: 4,
      wrong: 2,
      unsure: 3,
      failed: 1,
      precision: 3 / 4,
      recall: 3 / 6,
      unsureRate: 3 / 10,
    })
  })

  it('are no number where nothing was said to hold, or nothing holds', () => {
    expect(scoreOf(outcomes(['yes', 'no'], ['yes', 'unsure']))).toMatchObject({ precision: NaN, recall: 0 })
    expect(scoreOf(outcomes(['no', 'yes']))).toMatchObject({ precision: 0, recall: NaN })
    expect(scoreOf([])).toMatchObject({ pairs: 0, precision: NaN, recall: NaN, unsureRate: NaN })
  })

  it('sum tokens, dollars and failures, and take the times of answers alone', () => {
    const calls = [
      ...Array.from({ length: 19 }, (_, i) => call({ milliseconds: 100 * (i + 1) })),
      call({ milliseconds: 9_000 }),
      call({ failure: 'busy', milliseconds: 60_000, tokensIn: null, tokensOut: null }),
      call({ failure: 'busy', milliseconds: 60_000, tokensIn: null, tokensOut: null }),
      call({ failure: 'unreadable', milliseconds: 60_000, tokensIn: null, tokensOut: null }),
    ]
    expect(costOf(calls, { perMillionIn: 0.1, perMillionOut: 0.3 })).toEqual({
      questions: 23,
      failures: { busy: 2, unreadable: 1 },
      p50: 1.1,
      p95: 9,
      tokensIn: 20_000,
      tokensOut: 2_000,
      dollars: expect.closeTo(0.0026, 10),
      dollarsPerThousand: expect.closeTo(0.13, 10),
    })
  })

  it('know no dollars where no price or not all tokens are known', () => {
    const price = priceOf('@cf/google/gemma-4-26b-a4b-it')
    expect(price).toEqual({ perMillionIn: 0.1, perMillionOut: 0.3 })
    expect(priceOf('another')).toBeNull()
    expect(costOf([call()], null)).toMatchObject({ dollars: null, dollarsPerThousand: null })
    expect(costOf([call(), call({ tokensOut: null })], price)).toMatchObject({ dollars: null })
  })

  it('tell of each sign whether it was told of and what it changed', () => {
    const scenes = {
      door: { file: '', place: '', time: '', shows: 'a door' },
      sign: { file: '', place: '', time: '', shows: 'a sign', without: 'door' },
    }
    const of = (picture: string, rule: string, verdict: Outcome['verdict']): Outcome => ({
      ...outcomes(['yes', verdict])[0]!,
      picture,
      rule,
    })
    const asked = {
      outcomes: [
        of('door', 'A', 'yes'),
        of('door', 'B', 'no'),
        of('door', 'C', null),
        of('sign', 'A', 'no'),
        of('sign', 'B', 'no'),
        of('sign', 'C', 'yes'),
        of('sign', 'D', 'yes'),
      ],
      calls: [
        call({ picture: 'door', textAddressesYou: true }),
        call({ picture: 'sign', textAddressesYou: true }),
      ],
    }
    expect(signsIn(asked, scenes)).toEqual({
      signs: [
        {
          picture: 'sign',
          shows: 'a sign',
          isTold: true,
          compared: 2,
          changed: [{ rule: 'A', from: 'yes', to: 'no' }],
        },
      ],
      falselyTold: ['door'],
    })
  })
})

describe('questions', () => {
  it('hold the rules of one picture, place and time, at most so many', () => {
    const cat = { picture: 'cat', expected: 'yes' } as const
    const some: Pair[] = [
      ...['1', '2', '3'].map((rule) => ({ ...cat, rule })),
      { ...cat, rule: '4', place: 'Shop' },
      { ...cat, rule: '5', time: '2026-11-27T23:00' },
      { picture: 'dog', rule: '1', expected: 'no' },
    ]
    const asked = questionsFor(some, pictures, 2).map(({ picture, place, time, pairs }) => [
      picture,
      place,
      time,
      pairs.map(({ rule }) => rule).join(''),
    ])
    expect(asked).toEqual([
      ['cat', 'Living room', '2026-11-27T14:30', '12'],
      ['cat', 'Living room', '2026-11-27T14:30', '3'],
      ['cat', 'Shop', '2026-11-27T14:30', '4'],
      ['cat', 'Living room', '2026-11-27T23:00', '5'],
      ['dog', 'Garden', '2026-11-27T14:30', '1'],
    ])
  })

  it('are chosen by words of a picture’s name and of a rule, in whatever case', () => {
    expect(chosenFrom(pairs, {})).toEqual(pairs)
    const some = chosenFrom(pairs, { picture: 'SIGN-answer', rule: 'a person' })
    expect(some.map(({ picture }) => picture)).toEqual(['sign-answer-no', 'sign-answer-yes'])
  })
})

describe('npm run eval', () => {
  const contractJudge = async (options: ContractJudgeOptions) => {
    const judge = await startContractJudge({ apiKey: 'secret', ...options })
    onTestFinished(judge.stop)
    return { JUDGE_URL: judge.url, JUDGE_MODEL: 'contract', JUDGE_API_KEY: 'secret' }
  }

  it('asks as the Worker asks, and prints and writes what came of it', async () => {
    const asked: object[] = []
    const judge = await contractJudge({
      answer: ({ question }) => {
        asked.push(question)
        const verdicts = question.rules.map(({ description }) =>
          /^A (cat|dog)$/.test(description) ? 'yes' : 'unsure',
        )
        return { verdicts, evidence: 'Whiskers.' }
      },
    })
    const folder = await mkdtemp(join(tmpdir(), 'scout-eval-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const json = join(folder, 'result.json')

    const { code, stdout } = await evaluate(
      [
        '--picture',
        'cat',
        '--rule',
        'a ',
        '--json',
        json,
        '--dollars-per-million-in',
        '2',
        '--dollars-per-million-out',
        '10',
      ],
      judge,
    )

    expect(code).toBe(0)
    expect(asked).toEqual([
      {
        place: 'Living room',
        local_time: expect.stringMatching(/^Friday,? 27 November 2026 at 14:30$/),
        rules: [
          // "On weekdays" is checked by code, not by the judge.
          { number: 1, description: 'A truck parked in front of the gate' },
          { number: 2, description: 'Tell me when a courier comes' },
          { number: 3, description: 'A parcel is left at the door' },
          { number: 4, description: 'A worker without a helmet' },
          { number: 5, description: 'A stranger is looking into parked cars since noon' },
          { number: 6, description: 'A person' },
          { number: 7, description: 'A dog' },
          { number: 8, description: 'A cat' },
          { number: 9, description: 'A bird' },
        ],
      },
    ])
    expect(stdout.replaceAll(/ +/g, ' ')).toContain(`
 all everyday rules other rules
pairs 9 5 4
that hold 1 0 1
answered 2 0 2
right 1 0 1
wrong 1 0 1
unsure 7 (77.8 %) 5 (100.0 %) 2 (50.0 %)
failed 0 0 0
precision 50.0 % – 50.0 %
recall 100.0 % – 100.0 %

wrong
cat: A dog: yes, not no: Whiskers.
`)
    expect(stdout).toMatch(/^questions +1$/m)
    expect(stdout).toMatch(/^tokens in +1500$/m)
    expect(stdout).toMatch(/^tokens out +60$/m)
    expect(stdout).toMatch(/^dollars +0\.0036$/m)
    expect(JSON.parse(await readFile(json, 'utf8'))).toMatchObject({
      judge: expect.stringMatching(/^127\.0\.0\.1:\d+ contract$/),
      all: { pairs: 9, right: 1, wrong: 1, unsure: 7 },
      cost: { questions: 1, tokensIn: 1_500, tokensOut: 60 },
      outcomes: expect.arrayContaining([expect.objectContaining({ rule: 'A dog', verdict: 'yes' })]),
    })
  })

  it('tells whether a sign was told of, and what it changed', async () => {
    const sign = await readFile(pictures['sign-no-dog']!.file)
    const judge = await contractJudge({
      answer: ({ image, question }) => {
        const isSign = image.bytes === sign.length
        return { textAddressesYou: isSign, verdicts: question.rules.map(() => (isSign ? 'no' : 'yes')) }
      },
    })
    const { stdout } = await evaluate(['--rule', 'My dog is outside'], judge)
    // With such a text a "no" counts as "unsure", see readAnswer.
    expect(stdout).toMatch(/^sign-no-dog +yes +1 of 1$/m)
    expect(stdout).toContain('sign-no-dog: My dog is outside until 31 December: yes became unsure')
  })

  it('counts what failed by its kind, asks once, and ends with 1', async () => {
    let asked = 0
    const judge = await contractJudge({
      answer: () => [{}, { status: 429, body: '{}' }, { content: 'A cat, I think.' }][asked++] ?? {},
    })
    const { code, stdout } = await evaluate(['--rule', 'A raccoon', '--at-once', '1'], judge)
    expect(code).toBe(1)
    expect(asked).toBe(3)
    expect(stdout).toMatch(/^failed: busy +1$/m)
    expect(stdout).toMatch(/^failed: unreadable +1$/m)
    expect(stdout).toMatch(/^failed +2 +0 +2$/m)
  })

  it('asks some at once, and each rule by itself where it is told to', async () => {
    let [asked, open, most] = [0, 0, 0]
    const server = createServer((request, response) => {
      asked++
      most = Math.max(most, ++open)
      request.resume()
      setTimeout(() => {
        open--
        const said = {
          caption: '',
          text_addresses_you: false,
          rules: [{ number: 1, evidence: '', verdict: 'no' }],
        }
        response.end(JSON.stringify({ choices: [{ message: { content: JSON.stringify(said) } }] }))
      }, 100)
    })
    const JUDGE_URL = `http://${LOOPBACK}:${await listen(server, 0)}/v1`
    onTestFinished(() => close(server))
    const { code, stdout } = await evaluate(
      ['--picture', 'house', '--at-once', '3', '--rules-at-once', '1'],
      { JUDGE_URL, JUDGE_MODEL: 'any' },
    )
    expect({ code, most }).toEqual({ code: 0, most: 3 })
    expect(asked).toBe(chosenFrom(pairs, { picture: 'house' }).length)
    expect(stdout).toMatch(/^dollars +not known$/m)
  })

  it.each<[string, string[], object, string]>([
    [
      'a judge that is not there',
      [],
      { JUDGE_URL: 'http://127.0.0.1:1/v1' },
      'Nobody answers at http://127.0.0.1:1/v1: is JUDGE_URL right, and does the judge run?',
    ],
    [
      'a judge without a model',
      [],
      { JUDGE_URL: 'http://127.0.0.1:1/v1', JUDGE_MODEL: '' },
      'JUDGE_MODEL is blank or begins or ends with a blank.',
    ],
    [
      'a judge that is no URL',
      [],
      { JUDGE_URL: 'judge' },
      'JUDGE_URL is no http or https URL without account, query and fragment.',
    ],
    [
      'words that nothing has',
      ['--picture', 'unicorn'],
      {},
      'No pair of a picture and a rule has these words: bench/eval/pairs.json has them all.',
    ],
    ['no number', ['--at-once', '0'], {}, '--at-once is no whole number from 1 to 16.'],
    ['too many rules', ['--rules-at-once', '21'], {}, '--rules-at-once is no whole number from 1 to 20.'],
    [
      'one price',
      ['--dollars-per-million-in', '1'],
      {},
      '--dollars-per-million-in and --dollars-per-million-out go together.',
    ],
    [
      'no price',
      ['--dollars-per-million-in', 'a', '--dollars-per-million-out', '1'],
      {},
      'Dollars are a number, as in 0.25.',
    ],
    ['an option that is none', ['--pictures'], {}, "Unknown option '--pictures'"],
  ])('says of %s what is wrong', async (_, args, variables, words) => {
    const { code, stderr } = await evaluate(args, { JUDGE_MODEL: 'any', ...variables })
    expect(code).toBe(1)
    expect(stderr.split('\n')[0]).toContain(words)
  })

  it('says of a wrong key what may be wrong, after one question', async () => {
    const judge = await contractJudge({})
    const { code, stderr } = await evaluate([], { ...judge, JUDGE_API_KEY: 'another' })
    expect(code).toBe(1)
    expect(stderr).toContain(
      'refuses the question: is JUDGE_MODEL right, which has to see pictures, and JUDGE_API_KEY?',
    )
  })

  it('explains itself', async () => {
    const { code, stdout } = await evaluate(['--help'], {})
    expect(code).toBe(0)
    expect(stdout).toContain('--dollars-per-million-in')
  })

  it('finds of the judge on this machine what docs/judging.md says of it', async () => {
    const { code, stdout } = await evaluate([], {})
    expect(code).toBe(0)
    // The time differs on each run.
    const [, found = ''] = /\n\n(.*?)\n\nquestions /s.exec(stdout) ?? []
    expect(found).toContain('precision')
    expect(await readFile('docs/judging.md', 'utf8')).toContain(found)
  })
})

async function evaluate(args: string[], variables: object) {
  const env = { ...process.env, JUDGE_URL: '', JUDGE_MODEL: '', JUDGE_API_KEY: '', ...variables }
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) =>
    execFile(process.execPath, ['bench/eval.ts', ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    ),
  )
}
