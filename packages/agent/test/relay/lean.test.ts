import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

const main = fileURLToPath(new URL('../../src/relay/main.ts', import.meta.url))

test('the part that runs on an idle host brings neither schemas nor anything that touches the host with it', async () => {
  const { metafile } = await build({
    entryPoints: [main],
    bundle: true,
    write: false,
    platform: 'node',
    metafile: true,
  })
  const inputs = Object.keys(metafile.inputs)
  const packages = inputs.flatMap(
    (path) => /node_modules\/((?:@[^/]+\/)?[^/.][^/]*)\/(?!.*node_modules)/.exec(path)?.[1] ?? [],
  )
  expect([...new Set(packages)].sort()).toEqual([
    'agent-base',
    'debug',
    'https-proxy-agent',
    'ms',
    'proxy-agent-negotiate',
    'ws',
  ])
  const rooms = inputs.flatMap((path) => /packages\/agent\/src\/([\w-]+)\//.exec(path)?.[1] ?? [])
  expect([...new Set(rooms)].sort()).toEqual(['file-watch', 'net', 'pipe', 'relay'])
  const code = Object.values(metafile.outputs).reduce((sum, { bytes }) => sum + bytes, 0)
  expect(code).toBeLessThan(250_000)
})
