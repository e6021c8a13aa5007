import { describe, expect, test } from 'vitest'
import { readAlert } from '../../../src/alert-messages/read-alert.ts'
import { alert, form, group, json, multipart, products } from './fixtures.ts'

const text = (body: string, contentType = 'text/plain') => ({ body: Buffer.from(body), contentType })
const firing = { status: 'firing', text: 'The ERP does not answer' }

describe.each(products)('a message of $product', ({ product, version, source, fixtures }) => {
  test.each(fixtures)('is distinguished from others: $what', ({ message, state }) => {
    const reading = readAlert(message)
    expect(reading).toMatchObject({
      state,
      sender: product.split(' ')[0] === 'Uptime' ? product : product.split(' ')[0],
    })
  })

  test('is of a named version and source', () => {
    expect([version, source].every((one) => one.length > 0)).toBe(true)
  })
})

describe('our own form', () => {
  test('is for any sender, as JSON whatever it calls itself, and as a form', () => {
    const reading = { state: 'firing', sender: 'monitoring system', text: 'The ERP does not answer' }
    const said = JSON.stringify(firing)
    for (const message of [json(firing), text(said), text(`\uFEFF${said}\n`), form(firing), multipart(said)])
      expect(readAlert(message)).toEqual(reading)
    expect(readAlert(text(said, 'application/x-www-form-urlencoded'))).toEqual(reading)
    expect(readAlert(json({ status: 'resolved', text: 'again' }))).toMatchObject({ state: 'resolved' })
    expect(readAlert(json({ status: 'firing' }))).toMatchObject({ state: 'firing', text: null })
  })

  test('says exactly one of two words', () => {
    for (const status of ['Firing', 'down', 'ok', true, null, ['firing'], { firing: 1 }])
      expect(readAlert(json({ status, text: 'x' }))).toMatchObject({ state: 'unknown' })
    expect(readAlert(json({ status: 'firing', text: 7 }))).toMatchObject({ state: 'unknown' })
    expect(readAlert(text('status=firing&status=resolved', 'application/x-www-form-urlencoded'))).toMatchObject({
      state: 'unknown',
    })
  })

  test('has a text that is kept as one short printable line', () => {
    const reading = readAlert(
      json({ status: 'firing', text: `a\u001B[31m\r\nb\u202E\uD800 ${'long '.repeat(100_000)}` }),
    )
    expect(reading).toMatchObject({ text: expect.stringMatching(/^a \[31m b \uFFFD long .*…$/u) })
    expect([...(reading as { text: string }).text]).toHaveLength(200)
  })
})

describe('a message that is not understood', () => {
  test.each([
    ['nothing', text('')],
    ['plain text', text('down!')],
    ['broken JSON', text('{broken', 'application/json')],
    ['a list', json([firing])],
    ['a word in JSON', json('firing')],
    ['another form', form({ a: 'b' })],
    ['a multipart form without our field', { ...multipart('x'), body: Buffer.from('------x7\r\n\r\nfiring\r\n') }],
    ['bytes', { body: Buffer.from([0xff, 0xfe, 0x00, 0x7b]), contentType: '' }],
    ['a name of every object', json({ constructor: 1, toString: 'x', __proto__: { status: 'firing' } })],
    ['a prototype', text('{"__proto__":{"status":"firing","text":"x"}}')],
  ])('is unknown: %s', (_what, message) => {
    expect(readAlert(message)).toMatchObject({ state: 'unknown' })
  })

  test('is one that says two things in two forms', () => {
    for (const message of [
      { ...firing, notification_type: 'RECOVERY' },
      { ...firing, notification_type: 'ACKNOWLEDGEMENT' },
      { ...group('firing', [alert('firing')]), event_value: 0 },
    ])
      expect(readAlert(json(message))).toEqual({ state: 'unknown', why: 'it contradicts itself' })
  })
})

describe('a message of a megabyte', () => {
  const MIB = 1024 * 1024
  test.each([
    ['lists in lists', '['.repeat(MIB), 'unknown'],
    ['objects in objects', `${'{"alerts":'.repeat(MIB / 10)}`, 'unknown'],
    [
      'closed levels below an alert',
      `{"status":"firing","text":"x","more":${'['.repeat(4e5)}${']'.repeat(4e5)}}`,
      'firing',
    ],
    ['many names', `{"status":"resolved",${Array.from({ length: 60_000 }, (_, n) => `"k${n}":1`)}}`, 'resolved'],
    [
      'many alerts',
      JSON.stringify(
        group(
          'firing',
          Array.from({ length: 2_000 }, (_, n) => alert('firing', n)),
        ),
      ),
      'firing',
    ],
    ['many small alerts', `{"status":"firing","alerts":[${'{},'.repeat(3e5)}{"status":"firing"}]}`, 'firing'],
    ['blanks', `{"status":${' '.repeat(MIB - 30)}"resolved"}`, 'resolved'],
  ])('is read or not understood, and never thrown: %s', (_what, body, state) => {
    expect(readAlert(text(body))).toMatchObject({ state })
  })

  test.each([
    ['separators', '&'.repeat(MIB), 'application/x-www-form-urlencoded'],
    ['boundaries', '--x'.repeat(MIB / 3), 'multipart/form-data; boundary=x'],
    ['headers', `--x\n${'content-disposition: ;;; name='.repeat(MIB / 32)}\n\n`, 'multipart/form-data; boundary=x'],
  ])('of %s is unknown', (_what, body, contentType) => {
    expect(readAlert(text(body, contentType))).toMatchObject({ state: 'unknown' })
  })
})
