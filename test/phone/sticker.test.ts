import { describe, expect, it } from 'vitest'
import { faultIn, tokenIn } from '../../clients/phone/src/data/sticker.ts'

const SERIAL = '10000000a1b2c3d4'
const SECRET = 'Ab-_0123456789abcdefghijklmnopqr'
const TOKEN = `${SERIAL}_${SECRET}`

describe('a sticker', () => {
  it.each([
    ['the bare token', TOKEN],
    ['a link that ends in it', `https://scout.example.com/app/cameras/add/${TOKEN}`],
    ['a link with a last slash', `https://scout.example.com/claim/${TOKEN}/`],
    ['a link that says it in its query', `https://scout.example.com/claim?a=b&token=${TOKEN}`],
    ['a link that says it in its hash', `scout://claim#${TOKEN}`],
    ['a token that was typed in groups', ` ${TOKEN.replaceAll(/.{4}/g, '$& ')}\n`],
  ])('is read as %s', (_, text) => {
    expect(tokenIn(text)).toBe(TOKEN)
    expect(faultIn(text)).toBe('')
  })

  it('may have lines in its secret that a keyboard made long', () => {
    const dashed = `${SERIAL}_--bc-_0123456789abcdefghijklmnop`

    expect(tokenIn(dashed.replace('--', '—').replace('c-', 'c–'))).toBe(dashed)
  })

  it.each([
    ['', 'Type the code on the sticker.'],
    [' \t', 'Type the code on the sticker.'],
    ['K7QM-3WPD', 'The code has 49 characters; this one has 9.'],
    [TOKEN.slice(1), 'The code has 49 characters; this one has 48.'],
    [`${TOKEN}x`, 'The code has 49 characters; this one has 50.'],
    [TOKEN.replace('_', '-'), 'The code is 16 characters, then _, then 32 letters, digits, _ or -.'],
    [TOKEN.replace('9', '!'), 'The code is 16 characters, then _, then 32 letters, digits, _ or -.'],
  ])('is not %j, and it says why', (text, words) => {
    expect(tokenIn(text)).toBeNull()
    expect(faultIn(text)).toBe(words)
  })

  it.each(['https://example.com/', 'WIFI:S:Home;T:WPA;P:secret;;', `${TOKEN}/settings`])(
    'is no other QR code: %s',
    (text) => expect(tokenIn(text)).toBeNull(),
  )
})
