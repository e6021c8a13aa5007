import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' })
  .split('\n')
  .filter(Boolean)
const sources = tracked.filter((file) => /^(?:packages|scripts)\/.*\.(?:ts|tsx|mjs)$/.test(file))
const product = sources.filter((file) => /^packages\/[a-z]+\/src\//.test(file) && !file.includes('.generated.'))

/** The modules that a file imports, as written. */
function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8')
  return [...text.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)].map((match) => match[1] ?? '')
}

function packageOf(file: string): string {
  return file.split('/')[1] ?? ''
}

describe('the house', () => {
  it.each(['agent', 'controller', 'dashboard', 'cli', 'shared'])('%s imports no other package but shared', (name) => {
    const allowed = name === 'shared' ? [] : ['@chaos-lite/shared']
    const wrong = product
      .filter((file) => packageOf(file) === name)
      .flatMap((file) => importsOf(file).map((module) => ({ file, module })))
      .filter(
        ({ module }) =>
          module.startsWith('@chaos-lite/') && !allowed.some((one) => module === one || module.startsWith(`${one}/`)),
      )
    expect(wrong).toEqual([])
  })

  it('no package reaches into another by a relative path', () => {
    const wrong = product.flatMap((file) =>
      importsOf(file)
        .filter((module) => /(?:\.\.\/){2,}(?:shared|agent|controller|dashboard|cli)\//.test(module))
        .map((module) => `${file}: ${module}`),
    )
    expect(wrong).toEqual([])
  })

  it('shared does no input or output', () => {
    const wrong = product
      .filter((file) => packageOf(file) === 'shared')
      .flatMap((file) =>
        importsOf(file)
          // Computing is neither; and what the dashboard imports must run in a browser.
          .filter((module) => module.startsWith('node:') && !(module === 'node:crypto' && file.includes('/sealed/')))
          .map((module) => `${file}: ${module}`),
      )
    expect(wrong).toEqual([])
  })

  it('what runs in a browser needs nothing of Node.js', () => {
    const wrong = product.filter(
      (file) =>
        (packageOf(file) === 'dashboard' || (packageOf(file) === 'shared' && !file.includes('/sealed/'))) &&
        importsOf(file).some((module) => module.includes('/sealed')),
    )
    expect(wrong).toEqual([])
  })

  it('agent and shared depend on no native module', () => {
    for (const name of ['agent', 'shared']) {
      const { dependencies } = JSON.parse(readFileSync(`packages/${name}/package.json`, 'utf8'))
      for (const dependency of Object.keys(dependencies).filter((one) => !one.startsWith('@chaos-lite/'))) {
        const folder = `packages/${name}/node_modules/${dependency}`
        const manifest = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'))
        expect(manifest.gypfile ?? false, `${dependency} is built by node-gyp`).toBe(false)
        expect(manifest.binary, `${dependency} fetches a binary`).toBeUndefined()
      }
    }
  })

  it('the operating system is known in one room of the agent only', () => {
    const wrong = product
      .filter(
        (file) =>
          packageOf(file) === 'agent' &&
          !/\/src\/(?:host|failsafe|doctor|inventory|identity|cli)\//.test(file) &&
          !file.endsWith('compose.ts'),
      )
      .filter((file) => readFileSync(file, 'utf8').includes('process.platform'))
    expect(wrong).toEqual([])
  })

  it('files are short: at most 250 lines', () => {
    const long = product
      .map((file) => ({ file, lines: readFileSync(file, 'utf8').split('\n').length - 1 }))
      .filter(({ file, lines }) => lines > 250 && !readFileSync(file, 'utf8').includes('@NOTE long:'))
    expect(long).toEqual([])
  })

  it('no program is started through a shell', () => {
    const wrong = sources
      .filter((file) => file !== 'scripts/bootstrap.mjs')
      .filter((file) => {
        const text = readFileSync(file, 'utf8')
        return /import \{[^}]*\bexec(?:Sync)?\b[^}]*\} from 'node:child_process'|shell:\s*true/.test(text)
      })
    expect(wrong).toEqual([])
  })

  it('tests are never switched off and never wait for a fixed time', () => {
    const tests = tracked.filter((file) => /\.(?:test|spec)\.tsx?$/.test(file) && file !== 'test/architecture.test.ts')
    const wrong = tests.filter((file) =>
      /\b(?:it|test|describe)\.(?:skip|only|todo|fails)\b|setTimeout\((?:r|resolve|res|done)\b/.test(
        readFileSync(file, 'utf8'),
      ),
    )
    expect(wrong).toEqual([])
  })

  it('tests wait with patience: the one second of vi.waitFor is for nobody', () => {
    const tests = tracked.filter(
      (file) => /\/test\/.*\.tsx?$|^test\//.test(file) && file !== 'test/architecture.test.ts',
    )
    const wrong = tests.filter((file) => readFileSync(file, 'utf8').includes('vi.waitFor('))
    expect(wrong).toEqual(['packages/shared/test/eventually.ts'])
  })
})
