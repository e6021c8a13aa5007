import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const SHIPPED = fileURLToPath(new URL('../../../drills', import.meta.url))

/** The shipped drills, and variants of some beside them. The folder goes when it is disposed of. */
export type Drills = AsyncDisposable & { folder: string }

/** Makes variants: the new name, the shipped drill that it is made from, and what is replaced in its text. */
export async function drillsWith(
  variants: Record<string, { from: string; replace: Record<string, string> }>,
): Promise<Drills> {
  const folder = await mkdtemp(join(tmpdir(), 'chaos-lite-drills-'))
  await cp(SHIPPED, folder, { recursive: true })
  for (const [name, { from, replace }] of Object.entries(variants)) {
    const text = await readFile(join(SHIPPED, `${from}.yaml`), 'utf8')
    const changed = Object.entries({ [`drill: ${from}`]: `drill: ${name}`, ...replace })
    const variant = changed.reduce((so, [old, next]) => {
      if (!so.includes(old)) throw new Error(`${from} does not say "${old}"`)
      return so.replace(old, next)
    }, text)
    await writeFile(join(folder, `${name}.yaml`), variant)
  }
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}
