import { isExecutableFile, isSymbolicLink, isThereToRead, lookAt } from './look-at-path.ts'
import type { UnitFacts } from './unit-facts.ts'

const searched = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']

/** Programs, files and folders without which the start fails. */
export async function missingPaths(unit: string, facts: UnitFacts): Promise<readonly string[]> {
  if (hasOwnView(facts)) return []
  const sentences: string[] = []
  const root = facts.RootDirectory === '/' ? '' : facts.RootDirectory
  for (const setting of ['ExecCondition', 'ExecStartPre', 'ExecStart', 'ExecStartPost'] as const) {
    for (const [program, , mayFail] of facts[setting]) {
      if (mayFail || (await isExecutable(root, program))) continue
      sentences.push(`${setting}= of ${unit} runs ${program}, which is missing or cannot be executed.`)
    }
  }
  for (const [path, mayMiss] of facts.EnvironmentFiles) {
    if (mayMiss || /[*?[]/.test(path) || (await isThereToRead(path))) continue
    sentences.push(`EnvironmentFile= of ${unit} names ${path}, which does not exist.`)
  }
  for (const [, path] of facts.LoadCredential) {
    if (!path.startsWith('/') || (await isThereToRead(path))) continue
    sentences.push(`LoadCredential= of ${unit} names ${path}, which does not exist.`)
  }
  const folder = facts.WorkingDirectory
  if (folder.startsWith('/') && !(await isFolder(root + folder)))
    sentences.push(`WorkingDirectory= of ${unit} is ${folder}, which does not exist.`)
  return sentences
}

/** Mounts of its own may show it paths that nobody else sees. */
function hasOwnView(facts: UnitFacts): boolean {
  const own = [facts.BindPaths, facts.BindReadOnlyPaths, facts.ExtensionImages, facts.MountImages]
  return facts.RootImage !== '' || own.some((list) => list.length > 0)
}

const judges: Readonly<Record<string, (path: string) => Promise<boolean>>> = {
  PathExists: isThere,
  PathIsDirectory: isFolder,
  FileNotEmpty: async (path) => (await sizeOf(path)) > 0,
  FileIsExecutable: (path) => isExecutable('', path),
  PathIsSymbolicLink: isSymbolicLink,
}

/** What must not be there before a start may be what the running service itself made, and removes when it stops. */
const ofItsRun = /^\/(?:run|var\/run|tmp|var\/tmp)\//

/** Conditions and assertions about paths that are not met now. Of those with `|` a single one is enough: not judged. */
export async function unmetConditions(
  unit: string,
  { Conditions, Asserts }: Pick<UnitFacts, 'Conditions' | 'Asserts'>,
): Promise<readonly string[]> {
  const sentences: string[] = []
  for (const [name, isOneOfSeveral, isNegated, value] of [...Conditions, ...Asserts]) {
    const judge = judges[name.replace(/^(?:Condition|Assert)/, '')]
    if (judge === undefined || isOneOfSeveral || !value.startsWith('/')) continue
    if (isNegated && ofItsRun.test(value)) continue
    if ((await judge(value)) !== isNegated) continue
    const setting = `${name}=${isNegated ? '!' : ''}${value}`
    sentences.push(`${setting} of ${unit} is not met now: it would not be started again.`)
  }
  return sentences
}

/** What cannot be looked at is not said to be missing. */
async function isThere(path: string): Promise<boolean> {
  return (await lookAt(path)) !== 'missing'
}

async function isFolder(path: string): Promise<boolean> {
  const seen = await lookAt(path)
  return typeof seen === 'object' && seen.type === 'directory'
}

async function sizeOf(path: string): Promise<number> {
  const seen = await lookAt(path)
  return typeof seen === 'object' ? seen.sizeBytes : 0
}

async function isExecutable(root: string, program: string): Promise<boolean> {
  const paths = program.startsWith('/') ? [program] : searched.map((folder) => `${folder}/${program}`)
  for (const path of paths) if (await isExecutableFile(root + path)) return true
  return false
}
