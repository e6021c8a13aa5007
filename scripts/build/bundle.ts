import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type BuildOptions, build, type Plugin } from 'esbuild'
import { root } from './places.ts'

/** The agent as CommonJS texts. */
export interface Bundle {
  /** What starts, and what waits on an idle host: the relay and the watchdog. */
  readonly main: string
  /** The command line with everything behind it; read when a command needs it. */
  readonly rest: string
}

/** `import.meta.url` does not exist in CommonJS; packages that ask for it would throw at start. */
const prologue = "const chaosLiteModuleUrl = require('node:url').pathToFileURL(__filename).href;"

const options = {
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
} as const satisfies BuildOptions

/** Puts the loader of the rest where the small part imports it. */
const restBeside: Plugin = {
  name: 'rest beside',
  setup(build) {
    build.onResolve({ filter: /\/cli\/main\.ts$/ }, () => ({ path: 'rest', namespace: 'beside' }))
    build.onLoad({ filter: /.*/, namespace: 'beside' }, async () => ({
      contents: await readFile(join(root, 'scripts/build/load-rest.cjs'), 'utf8'),
    }))
  },
}

/**
 * The agent with all of its packages. Rooms that it loads only when it needs them stay functions that are called later,
 * so starting stays quick.
 */
export async function bundleAgent(): Promise<Bundle> {
  const [main, rest] = await Promise.all([
    bundled('packages/agent/src/main.ts', [restBeside]),
    bundled('packages/agent/src/cli/main.ts', []),
  ])
  return { main, rest }
}

/** The same as one text that Node.js starts, where there is no executable to keep a part of it in. */
export function bundleWhole(): Promise<string> {
  return bundled('packages/agent/src/main.ts', [])
}

async function bundled(entry: string, plugins: Plugin[]): Promise<string> {
  const { outputFiles } = await build({ ...options, entryPoints: [join(root, entry)], plugins })
  const [file] = outputFiles
  if (!file) throw new Error(`esbuild made no output of ${entry}.`)
  return file.text.replace(/^#![^\n]*\n/, '')
}
