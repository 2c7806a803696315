import { number, printTable } from '../kit/table.ts'
import type { Outcome } from './ask.ts'
import { type Cost, isWrong, type Score, scoreOf, type Signs } from './figures.ts'

/** Prints a judge's scores: on all pairs, on the everyday rules and on the others. */
export function printScores(outcomes: Outcome[], everyday: Set<string>) {
  const groups = [
    outcomes,
    outcomes.filter(({ rule }) => everyday.has(rule)),
    outcomes.filter(({ rule }) => !everyday.has(rule)),
  ].map(scoreOf)
  const row = (name: string, of: (score: Score) => string) => [name, ...groups.map(of)]
  printTable(
    ['', 'all', 'everyday rules', 'other rules'],
    [
      row('pairs', ({ pairs }) => number(pairs)),
      row('that hold', ({ toBeYes }) => number(toBeYes)),
      row('answered', ({ answered }) => number(answered)),
      row('right', ({ right }) => number(right)),
      row('wrong', ({ wrong }) => number(wrong)),
      row('unsure', ({ unsure, unsureRate }) => `${number(unsure)} (${percent(unsureRate)})`),
      row('failed', ({ failed }) => number(failed)),
      row('precision', ({ precision }) => percent(precision)),
      row('recall', ({ recall }) => percent(recall)),
    ],
  )
}

/** Prints the effect of signs that address the judge. */
export function printSigns({ signs, falselyTold }: Signs) {
  if (signs.length > 0)
    printTable(
      ['sign', 'told of', 'verdicts changed'],
      signs.map(({ picture, isTold, compared, changed }) => [
        picture,
        isTold ? 'yes' : 'no',
        `${changed.length} of ${compared}`,
      ]),
    )
  for (const { picture, changed } of signs)
    for (const { rule, from, to } of changed) console.log(`${picture}: ${rule}: ${from} became ${to}`)
  if (falselyTold.length > 0) console.log(`\nTold of a text where no sign is: ${falselyTold.join(', ')}`)
}

/** Prints each wrong verdict, with the judge's evidence. */
export function printWrong(outcomes: Outcome[]) {
  const wrong = outcomes.filter(isWrong)
  if (wrong.length > 0) console.log('\nwrong')
  for (const { picture, rule, verdict, expected, evidence } of wrong)
    console.log(`${picture}: ${rule}: ${verdict}, not ${expected}: ${evidence || 'without evidence'}`)
}

/** Prints the cost; `dollars` is the label of the line with the dollars. */
export function printCost({ questions, failures, ...cost }: Cost, dollars: string) {
  printTable(
    ['questions', number(questions)],
    [
      ...Object.entries(failures).map(([kind, count]) => [`failed: ${kind}`, number(count)]),
      ['seconds p50', number(cost.p50, 2)],
      ['seconds p95', number(cost.p95, 2)],
      ['tokens in', number(cost.tokensIn)],
      ['tokens out', number(cost.tokensOut)],
      [dollars, cost.dollars === null ? 'not known' : number(cost.dollars, 4)],
      ...(cost.dollarsPerThousand === null
        ? []
        : [['for 1,000 questions', number(cost.dollarsPerThousand, 2)]]),
    ],
  )
}

const percent = (share: number) => (Number.isFinite(share) ? `${number(share * 100, 1)} %` : '–')
