import { readFile, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { buildDashboard } from '../../scripts/build/index.ts'

const project = createRequire(new URL('../../packages/dashboard/package.json', import.meta.url))

/** Well below the 300 KB of the requirement: an ordinary change does not break it. */
const MOST_BYTES = 280_000

/** Marks of Mantine's style sheets, such as `m_4081bf90`. */
const marksIn = (text: string) => new Set(text.match(/\bm_[0-9a-f]{6,8}\b/g))

describe('the built files of the dashboard', () => {
  let folder: string
  let first: string[]
  beforeAll(async () => {
    const built = await buildDashboard()
    if (built === null) throw new Error('There is no dashboard.')
    folder = built.folder
    const page = await readFile(join(folder, 'index.html'), 'utf8')
    first = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map(([, path = '']) => path)
  })

  it('the first load is small, as it goes over the network', async () => {
    expect(first.length).toBeGreaterThan(2)
    const sent = async (path: string) =>
      (await stat(join(folder, `${path}.br`)).catch(() => stat(join(folder, path)))).size
    const sizes = await Promise.all(['index.html', ...first].map(sent))
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(MOST_BYTES)
  })

  it('every component of Mantine that can be shown has its styles', async () => {
    const { promises } = await import('node:fs')
    const names = (await promises.readdir(join(folder, 'assets'))).filter((name) => /\.(?:js|css)$/.test(name))
    const texts = async (end: string) =>
      (
        await Promise.all(
          names.filter((name) => name.endsWith(end)).map((name) => readFile(join(folder, 'assets', name), 'utf8')),
        )
      ).join()
    const complete = marksIn(await readFile(project.resolve('@mantine/core/styles.css'), 'utf8'))
    const used = [...marksIn(await texts('.js'))].filter((mark) => complete.has(mark))
    const styled = marksIn(await texts('.css'))
    expect(used.length).toBeGreaterThan(50)
    expect(used.filter((mark) => !styled.has(mark))).toEqual([])
  })
})
