// Writes the generated pages; with --check, fails when one of them is not current.
import { spawnSync } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, relative } from 'node:path'
import { builtInTraitsOf, menuOf } from '../../packages/agent/src/menu.ts'
import { COUNTS, PAGE, readTallies } from '../prove/kept.ts'
import { matrixPage } from '../prove/page.ts'
import { DRILL_SCHEMA_FILE, generateDrillSchema } from './drill-schema.ts'
import type { Page } from './page.ts'
import { cliPage } from './pages/cli.ts'
import { drillGrammarPage } from './pages/drill-grammar.ts'
import { errorsPage } from './pages/errors.ts'
import { framesPage } from './pages/frames.ts'
import { generatedFilesPage } from './pages/generated-files.ts'
import { builtInMenuModule, builtInTraitsModule, menuPages } from './pages/menu.ts'
import { actionKeysModule, policyPage } from './pages/policy.ts'
import { repositoriesPage } from './pages/repositories.ts'

const check = process.argv.includes('--check')
const keys = actionKeysModule()
if (!check && (await readFile(keys.file, 'utf8').catch(() => null)) !== keys.text) {
  // This process has loaded it already, and some pages show it: they are made by another.
  await writeFile(keys.file, keys.text)
  process.stdout.write(`wrote ${keys.file}\n`)
  process.exit(
    spawnSync(process.execPath, [...process.execArgv, ...process.argv.slice(1)], { stdio: 'inherit' }).status ?? 1,
  )
}

const menu = menuOf()
const pages: readonly Page[] = [
  { file: DRILL_SCHEMA_FILE, text: generateDrillSchema(menu) },
  builtInMenuModule(menu),
  builtInTraitsModule(builtInTraitsOf()),
  ...menuPages(menu),
  errorsPage(),
  framesPage(),
  drillGrammarPage(),
  policyPage(),
  keys,
  repositoriesPage(),
  generatedFilesPage(),
  cliPage(),
  // Its numbers were counted once; the set-ups that it names are those of the actions of today.
  { file: relative(process.cwd(), PAGE), text: matrixPage(await readTallies([COUNTS])) },
]

for (const { file, text } of pages) {
  const current = await readFile(file, 'utf8').catch(() => null)
  if (current === text) continue
  if (check) {
    process.stderr.write(`${file} is not current: run "npm run generate" and commit the result.\n`)
    process.exitCode = 1
    continue
  }
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, text)
  process.stdout.write(`wrote ${file}\n`)
}
