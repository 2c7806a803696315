/** Dollars for a million tokens. */
export type Price = { perMillionIn: number; perMillionOut: number }

/** When these were read, in the documentation of each provider. */
export const PRICES_OF = '2026-11-26'
const PRICES: Record<string, [number, number]> = {
  'scout-local': [0, 0],
  '@cf/google/gemma-4-26b-a4b-it': [0.1, 0.3],
  '@cf/qwen/qwen3.8-27b': [0.45, 3.2],
  '@cf/meta/llama-3.2-11b-vision-instruct': [0.049, 0.676],
}

/** The price of a model, if it is known here. */
export function priceOf(model: string): Price | null {
  const price = PRICES[model]
  return price ? { perMillionIn: price[0], perMillionOut: price[1] } : null
}
