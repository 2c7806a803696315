import type { SQL } from 'drizzle-orm'
import { sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import { folded } from '../db/schema.ts'

const MAX_WORDS = 10
const MAX_LENGTH = 200

/** The search terms: a row must match every word. Words without a letter or digit are skipped. */
export type Search = { text: string; words: string[]; passedOver: string[] }

/** A word or a quoted phrase with what touches it, as in Django's `smart_split`. */
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

/** A quoted phrase is one term; a backslash escapes a quote, as in Django's `unescape_string_literal`. */
function unquoted(bit: string) {
  const [quote = ''] = bit
  if (!/["']/.test(quote) || !bit.endsWith(quote)) return bit
  return bit
    .slice(1, -1)
    .replaceAll(`\\${quote}`, quote)
    .replaceAll(String.raw`\\`, '\\')
}

/** Texts that contain a word, in any letter case. */
export const containing = (text: SQL | AnyPgColumn, word: string) =>
  sql`${folded(text)} like ${folded(sql`${`%${word.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`}::text`)}`
