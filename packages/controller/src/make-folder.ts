import { mkdirSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/**
 * Makes a folder and all that leads to it, for its owner only. One step for each part of the path: Node.js's own recursive
 * `mkdir` tries for ever where the system says that the parent of what cannot be made is missing, as below `/proc`.
 * Throws the error of the system.
 */
export function makeFolder(folder: string): void {
  const missing: string[] = []
  for (let at = resolve(folder); !isThere(at); at = dirname(at)) missing.unshift(at)
  for (const each of missing) {
    try {
      mkdirSync(each, { mode: 0o700 })
    } catch (error) {
      // Somebody else may have made it meanwhile.
      if (!isThere(each)) throw error
    }
  }
}

/** A link that leads nowhere is not there. */
function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}
