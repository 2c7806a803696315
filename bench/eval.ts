// npm run eval [-- --help]: how well a judge judges labelled pictures, and at what cost.
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { askAll, type Call, questionsFor } from './eval/ask.ts'
import { costOf, scoreOf, signsIn } from './eval/figures.ts'
import { chosenFrom, readLabels } from './eval/pairs.ts'
import { priceOf, PRICES_OF } from './eval/prices.ts'
import { printCost, printScores, printSigns, printWrong } from './eval/report.ts'
import { judgeOf } from '../src/events/judge/openai.ts'
import { faultsOf, settings } from '../src/settings.ts'
import { startJudge } from '../stack/judge/start.ts'
import { fail, reasonOf } from '../stack/words.ts'

/** The queue of this machine's judge. */
const MOST_AT_ONCE = 16

const HELP = `npm run eval -- [options]

Asks a judge about labelled pictures, as the Worker asks it, and prints how well it did. JUDGE_URL, JUDGE_MODEL, JUDGE_API_KEY and
JUDGE_TIMEOUT_IN_MS name the judge, as in wrangler.toml; without JUDGE_URL it is the one that this machine can run.

  --at-once 4                 so many questions at once, 16 at most
  --rules-at-once 20          so many rules in a question; 1 asks each rule by itself
  --picture WORDS             only pictures whose name holds these words
  --rule WORDS                only rules that hold these words
  --dollars-per-million-in    what a million tokens of a question costs, where it is not known here
  --dollars-per-million-out   the same of an answer
  --json FILE                 writes every verdict and all figures to a file
  --help                      prints this`

const options = optionsOf(process.argv.slice(2))
const labels = await readLabels()
const pairs = chosenFrom(labels.pairs, options)
if (pairs.length === 0)
  fail('No pair of a picture and a rule has these words: bench/eval/pairs.json has them all.')

const ours = process.env.JUDGE_URL ? null : await ourJudge()
const variables = ours?.variables ?? process.env
const [fault] = faultsOf(variables).filter(({ setting }) => setting.startsWith('JUDGE_'))
if (fault) fail(`${fault.setting} ${fault.words}.`)
const settled = settings(variables, 'judge')
const { judge, name } = judgeOf(settled)!
const price = options.price ?? priceOf(settled.JUDGE_MODEL)

const questions = questionsFor(pairs, labels.pictures, options.rulesAtOnce)
console.log(`${name}: ${pairs.length} pairs`)
let answered = 0
const asked = await askAll(judge, questions, labels.pictures, {
  atOnce: options.atOnce,
  onAnswer: (call) => {
    if (answered++ === 0) endWhereNobodyJudges(call)
    progress(answered < questions.length ? `${answered} of ${questions.length}` : '')
  },
})
await ours?.stop()

const cost = costOf(asked.calls, price)
const signs = signsIn(asked, labels.pictures)
printScores(asked.outcomes, labels.everyday)
printSigns(signs)
printWrong(asked.outcomes)
printCost(cost, price && !options.price ? `dollars, by prices of ${PRICES_OF}` : 'dollars')
if (options.json) await writeResult(options.json)
if (asked.calls.some(({ failure }) => failure)) process.exitCode = 1

function optionsOf(args: string[]) {
  const { values } = parsedArgs(args)
  if (values.help) {
    console.log(HELP)
    process.exit()
  }
  const dollars = [values['dollars-per-million-in'], values['dollars-per-million-out']]
  if (dollars.filter(Boolean).length === 1)
    fail('--dollars-per-million-in and --dollars-per-million-out go together.')
  const [perMillionIn, perMillionOut] = dollars.map(Number) as [number, number]
  if (dollars.every(Boolean) && !(perMillionIn >= 0 && perMillionOut >= 0))
    fail('Dollars are a number, as in 0.25.')
  return {
    ...(values.picture && { picture: values.picture }),
    ...(values.rule && { rule: values.rule }),
    atOnce: countIn('at-once', values['at-once'], MOST_AT_ONCE),
    rulesAtOnce: countIn('rules-at-once', values['rules-at-once'], 20),
    price: dollars.every(Boolean) ? { perMillionIn, perMillionOut } : null,
    json: values.json,
  }
}

function parsedArgs(args: string[]) {
  const text = { type: 'string' } as const
  try {
    return parseArgs({
      args,
      options: {
        'at-once': { ...text, default: '4' },
        'rules-at-once': { ...text, default: '20' },
        'dollars-per-million-in': text,
        'dollars-per-million-out': text,
        picture: text,
        rule: text,
        json: text,
        help: { type: 'boolean' },
      },
    })
  } catch (error) {
    return fail(`${reasonOf(error)}\n\n${HELP}`)
  }
}

function countIn(name: string, value: string, most: number) {
  const count = Number(value)
  return Number.isInteger(count) && count >= 1 && count <= most
    ? count
    : fail(`--${name} is no whole number from 1 to ${most}.`)
}

async function ourJudge() {
  const { url, model, fault, warning, stop } = await startJudge()
  if (fault) fail(`JUDGE_URL names no judge, and this machine can run none: ${fault}`)
  if (warning) console.log(warning)
  return { variables: { JUDGE_URL: url, JUDGE_MODEL: model }, stop }
}

/** One line that is overwritten, on a terminal. */
function progress(line: string) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`)
}

/** Ends early: a judge that is unreachable or refuses a question does so every time. */
function endWhereNobodyJudges({ failure }: Call) {
  if (failure === 'unreachable')
    fail(`Nobody answers at ${settled.JUDGE_URL}: is JUDGE_URL right, and does the judge run?`)
  if (failure === 'refused')
    fail(`${name} refuses the question: is JUDGE_MODEL right, which has to see pictures, and JUDGE_API_KEY?`)
}

async function writeResult(file: string) {
  const result = {
    judge: name,
    at: new Date().toISOString(),
    all: scoreOf(asked.outcomes),
    everyday: scoreOf(asked.outcomes.filter(({ rule }) => labels.everyday.has(rule))),
    signs,
    cost,
    outcomes: asked.outcomes,
  }
  await writeFile(file, `${JSON.stringify(result, null, 2)}\n`).catch((error) =>
    fail(`${file} can't be written: ${reasonOf(error)}`),
  )
}
