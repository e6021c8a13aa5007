import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { describe, expect, onTestFinished, test } from 'vitest'
import { compressFiles } from '../scripts/build/compress.ts'

describe('the files of the dashboard, compressed when they are built', () => {
  test('each text has a copy in brotli and one in gzip, of the same bytes and much smaller', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'chaos-lite-compress-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const text = 'a line that a browser reads\n'.repeat(500)
    mkdirSync(join(folder, 'assets'))
    for (const name of ['page.html', 'assets/a.js', 'assets/a.css']) writeFileSync(join(folder, name), text)
    writeFileSync(join(folder, 'small.js'), 'a')
    writeFileSync(join(folder, 'picture.png'), text)
    await compressFiles(folder)
    for (const name of ['page.html', 'assets/a.js', 'assets/a.css']) {
      const [brotli, gzip] = [readFileSync(join(folder, `${name}.br`)), readFileSync(join(folder, `${name}.gz`))]
      expect(brotliDecompressSync(brotli).toString()).toBe(text)
      expect(gunzipSync(gzip).toString()).toBe(text)
      expect(Math.max(brotli.length, gzip.length)).toBeLessThan(text.length / 10)
    }
    // Nothing would be won by these.
    for (const name of ['small.js', 'picture.png']) expect(existsSync(join(folder, `${name}.br`))).toBe(false)
  })
})
