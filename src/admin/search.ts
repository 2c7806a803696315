import type { SQL } from 'drizzle-orm'
import { sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import { folded } from '../db/schema.ts'

const MAX_WORDS = 10
const MAX_LENGTH = 200

/** What is searched for: every word must be there. Those without a letter or digit are passed over. */
export type Search = { text: string; words: string[]; passedOver: string[] }

/** A word, or what stands in quotes, with what touches them; as Django's `smart_split` has it. */
const BIT = /[^\s'"]*(?:(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')[^\s'"]*)+|\S+/gu

export function readSearch(typed: string): Search {
  const text = typed.replaceAll('\0', '').trim().slice(0, MAX_LENGTH).toWellFormed()
  const bits = (text.match(BIT) ?? []).slice(0, MAX_WORDS)
  const hasLetters = (bit: string) => /[\p{L}\p{N}]/u.test(bit)
  return {
    text,
    words: bits.filter(hasLetters).map(unquoted),
    passedOver: bits.filter((bit) => !hasLetters(bit)),
  }
}

/** What stands in quotes is one term, in which a backslash goes before a quote; as Django's `unescape_string_literal`. */
function unquoted(bit: string) {
  const [quote = ''] = bit
  if (!/["']/.test(quote) || !bit.endsWith(quote)) return bit
  return bit
    .slice(1, -1)
    .replaceAll(`\\${quote}`, quote)
    .replaceAll(String.raw`\\`, '\\')
}

/** Texts that hold a word, in any letter case. */
export const containing = (text: SQL | AnyPgColumn, word: string) =>
  sql`${folded(text)} like ${folded(sql`${`%${word.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`}::text`)}`
