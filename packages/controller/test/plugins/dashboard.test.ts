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
  return openController({ dashboardFolder })
}

describe('the dashboard', () => {
  test('serves its files, and its page for every other address', async () => {
    const controller = await built()
    expect(await ask(controller, '/favicon.svg')).toMatchObject({ status: 200 })
    for (const path of ['/', '/runs/x', '/no-such-file.txt'])
      expect(await ask(controller, path)).toMatchObject({ status: 200, body: '<title>Chaos Lite</title>' })
  })

  test('tells a stranger nothing of files outside of its folder, not even whether they are there', async () => {
    const controller = await built()
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
