import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ask, openController } from '../support/controller.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const PAGE = '<title>Chaos Lite</title>'

/** Every address of the dashboard, out of its own list: the controller must know each of them. */
function pages(): string[] {
  const router = readFileSync('packages/dashboard/src/app/router.tsx', 'utf8')
  const found = [...router.matchAll(/path: '([^'*]+)'/g)].map(([, path = '']) => `/${path.replace(/:\w+/g, 'x.1')}`)
  if (found.length < 6) throw new Error('The list of addresses was not understood.')
  return found
}

/** A built dashboard, and beside it a file that is none of its business. */
async function built() {
  const folder = temporaryFolder()
  const dashboardFolder = join(folder, 'dashboard')
  mkdirSync(join(dashboardFolder, 'assets'), { recursive: true })
  writeFileSync(join(dashboardFolder, 'index.html'), PAGE)
  writeFileSync(join(dashboardFolder, 'favicon.svg'), '<svg/>')
  writeFileSync(join(folder, 'secret.txt'), 'secret')
  return { controller: await openController({ dashboardFolder }), folder: dashboardFolder }
}

describe('the dashboard', () => {
  test('serves its files, and its page at each address that the page knows', async () => {
    const { controller } = await built()
    expect(await ask(controller, '/favicon.svg')).toMatchObject({ status: 200 })
    for (const path of ['/', ...pages()])
      expect({ path, ...(await ask(controller, path)) }).toMatchObject({ path, status: 200, body: PAGE })
  })

  test('is not what a program gets that asks for a file or an address which is not there', async () => {
    const { controller } = await built()
    for (const path of [
      '/install-agent.sh',
      '/no-such-file.txt',
      '/assets/gone.js',
      '/install',
      '/runs/x/y',
      '/hosts.json',
    ])
      expect({ path, ...(await ask(controller, path, { headers: { accept: '*/*' } })) }).toMatchObject({
        ...{ path, status: 404 },
        body: { code: 'not-found', detail: expect.stringContaining(`nothing at GET ${path}`) },
      })
  })

  test('answers a person who mistyped an address in their browser with a page, with the same status', async () => {
    const { controller } = await built()
    const headers = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
    expect(await ask(controller, '/rums', { headers })).toMatchObject({ status: 404, body: PAGE })
    expect(await ask(controller, '/install-agent.sh', { headers })).toMatchObject({
      status: 404,
      body: { code: 'not-found' },
    })
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

  test('reveals nothing to a stranger of files outside of its folder, not even whether they are there', async () => {
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
