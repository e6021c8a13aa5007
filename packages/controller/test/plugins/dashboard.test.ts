import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ask, openController } from '../support/controller.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** A built dashboard, and beside it a file that is none of its business. */
async function built() {
  const folder = temporaryFolder()
  const dashboardFolder = join(folder, 'dashboard')
  mkdirSync(join(dashboardFolder, 'assets'), { recursive: true })
  writeFileSync(join(dashboardFolder, 'index.html'), '<title>Chaos Lite</title>')
  writeFileSync(join(dashboardFolder, 'favicon.svg'), '<svg/>')
  writeFileSync(join(folder, 'secret.txt'), 'secret')
  return { controller: await openController({ dashboardFolder }), folder: dashboardFolder }
}

describe('the dashboard', () => {
  test('serves its files, and its page for every other address', async () => {
    const { controller } = await built()
    expect(await ask(controller, '/favicon.svg')).toMatchObject({ status: 200 })
    for (const path of ['/', '/runs/x', '/no-such-file.txt'])
      expect(await ask(controller, path)).toMatchObject({ status: 200, body: '<title>Chaos Lite</title>' })
  })

  test('sends the compressed copy that the browser takes, of files that carry a digest and of the page itself', async () => {
    const { controller, folder } = await built()
    for (const name of ['index.html', 'assets/page-1a2b.js']) {
      writeFileSync(join(folder, name), `plain ${name}`)
      writeFileSync(join(folder, `${name}.br`), `brotli ${name}`)
      writeFileSync(join(folder, `${name}.gz`), `gzip ${name}`)
    }
    const coded = { 'br, gzip': 'brotli', 'gzip, deflate': 'gzip', identity: 'plain' }
    for (const [accepted, sent] of Object.entries(coded)) {
      const headers = { 'accept-encoding': accepted }
      const script = await ask(controller, '/assets/page-1a2b.js', { headers })
      expect(script).toMatchObject({ status: 200, body: `${sent} assets/page-1a2b.js` })
      expect(script.headers).toMatchObject({
        'content-type': expect.stringContaining('javascript'),
        'cache-control': 'public, max-age=31536000, immutable',
        vary: expect.stringMatching(/accept-encoding/i),
      })
      expect(script.headers['content-encoding']).toBe({ brotli: 'br', gzip: 'gzip' }[sent])
      // A page of the dashboard's own address book, and the page itself.
      for (const path of ['/', '/runs/x']) {
        const page = await ask(controller, path, { headers })
        expect(page).toMatchObject({ status: 200, body: `${sent} index.html` })
        expect(page.headers).toMatchObject({ 'content-type': expect.stringContaining('text/html') })
        expect(page.headers['cache-control']).toBe('public, max-age=0')
      }
    }
  })

  test('tells a stranger nothing of files outside of its folder, not even whether they are there', async () => {
    const { controller } = await built()
    const ways = (name: string) => [
      `/..%2f${name}`,
      `/assets%2f..%2f..%2f${name}`,
      `/%2e%2e%2f${name}`,
      `/..%5c${name}`,
    ]
    const answers = async (name: string) =>
      Promise.all(
        ways(name).map(async (path) => {
          const { status, body } = await ask(controller, path)
          return { status, body: JSON.stringify(body).replaceAll(name, 'NAME') }
        }),
      )
    expect(await answers('secret.txt')).toEqual(await answers('absent.txt'))
    expect(JSON.stringify(await answers('secret.txt'))).not.toContain('"secret"')
  })
})
