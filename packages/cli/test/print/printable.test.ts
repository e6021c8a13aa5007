import { styleText } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jsonText, printable } from '../../src/printable.ts'

/** What a terminal would act upon, apart from our own styles. */
const ACTS = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u
const STYLES = new RegExp(`${String.fromCharCode(27)}\\[(?:0|1|2|22|3[1-9]|39)m`, 'g')
const withoutStyles = (text: string) => text.replace(STYLES, '')

test.each([
  ['clears the screen', '\u001b[2J'],
  ['moves the cursor', 'fine\u001b[1A\u001b[2Kforged'],
  ['sets the title', '\u001b]0;root\u0007'],
  ['writes to the clipboard', '\u001b]52;c;cm0gLXJmIC8=\u0007'],
  ['asks the terminal to answer', '\u001b[6n'],
  ['conceals what follows', '\u001b[8mhidden'],
  ['goes back over what stands there', 'NOT rolled back\r\u0008\u0008identical'],
  ['turns the direction', 'host\u202egnp.exe'],
  ['is the eight-bit form of an escape', '\u009b2J'],
])('text that %s does nothing of it', (_what, text) => {
  expect(withoutStyles(printable(text))).not.toMatch(ACTS)
})

test('whatever a host called itself, nothing of it acts upon the terminal', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('\u001b[', '\u001b]52;', 'm', '\u202e', '\r', '0', ';'),
  )
  fc.assert(
    fc.property(
      fc.array(piece).map((pieces) => pieces.join('')),
      (text) => {
        expect(withoutStyles(printable(text))).not.toMatch(ACTS)
      },
    ),
    { numRuns: 2_000 },
  )
})

test('our own colours, lines and tables come through', () => {
  const ours = `${styleText('red', 'stuck', { validateStream: false })}\n\tnext · ✓ ünïcode`
  expect(printable(ours)).toBe(ours)
})

test('output for programs is the same value, whatever is in it', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = jsonText({ value, host: 'a\u202eb\u009b\ud800' })
      expect(text).not.toMatch(ACTS)
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify({ value, host: 'a\u202eb\u009b\ud800' })))
    }),
  )
})
