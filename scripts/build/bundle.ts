import { join } from 'node:path'
import { build } from 'esbuild'
import { root } from './places.ts'

/** `import.meta.url` does not exist in CommonJS; packages that ask for it would throw at start. */
const prologue = "const chaosLiteModuleUrl = require('node:url').pathToFileURL(__filename).href;"

/**
 * The agent with all of its packages as one CommonJS text. Rooms that the agent loads only when it needs them stay
 * functions that are called later, so starting stays quick.
 */
export async function bundleAgent(): Promise<string> {
  const result = await build({
    entryPoints: [join(root, 'packages/agent/src/main.ts')],
    absWorkingDir: root,
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    minifySyntax: true,
    minifyWhitespace: true,
    keepNames: true,
    legalComments: 'none',
    // The code cache of an executable cannot hold import(); what is imported lazily is built in or bundled anyway.
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': 'chaosLiteModuleUrl' },
    banner: { js: prologue },
    // Optional accelerators of ws, native: not wanted, and asked for inside try.
    external: ['bufferutil', 'utf-8-validate'],
    logLevel: 'warning',
  })
  const [file] = result.outputFiles
  if (!file) throw new Error('esbuild made no output.')
  return file.text.replace(/^#![^\n]*\n/, '')
}
