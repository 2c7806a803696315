// npm run cost [-- <cameras>…]: the monthly cost of a deployment, computed from bench/cost/prices.ts and bench/cost/use.ts.
// It measures nothing.
import { fail } from '../stack/words.ts'
import { costOf, type Storage } from './cost/cost.ts'
import { PRICES_OF } from './cost/prices.ts'
import { MODEL } from './cost/use.ts'
import { printTable } from './kit/table.ts'

const asked = process.argv.slice(2)
const sizes = asked.length > 0 ? asked.map(Number) : [1, 100, 100_000]
if (!sizes.every((cameras) => Number.isInteger(cameras) && cameras > 0))
  fail('usage: npm run cost -- [cameras…], whole numbers')

console.log(`Dollars a month by list prices of ${PRICES_OF}; the model is ${MODEL}.`)
for (const storage of ['R2', 'S3'] as const) print(storage)

function print(storage: Storage) {
  const costs = sizes.map((cameras) => costOf(cameras, storage))
  const names = Object.keys(costs[0] ?? {})
  const sums = costs.map((cost) => Object.values(cost).reduce((sum, dollars) => sum + dollars, 0))
  printTable(
    [
      `with ${storage}`,
      ...sizes.map((cameras) => `${inWords(cameras)} ${cameras === 1 ? 'camera' : 'cameras'}`),
    ],
    [
      ...names.map((name) => [name, ...costs.map((cost) => dollars(cost[name as keyof typeof cost]))]),
      ['together', ...sums.map(dollars)],
      ['a camera', ...sums.map((sum, index) => dollars(sum / sizes[index]!))],
    ],
  )
}

function inWords(value: number) {
  return value.toLocaleString('en-US')
}

function dollars(value: number) {
  return value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
}
