import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'

const folders = ['/usr/bin', '/usr/sbin', '/bin', '/sbin']
const found = new Map<string, string>()

/** The path of a program of the operating system, or null. Only system folders are searched, never `PATH`. */
export function tool(name: string): string | null {
  const known = found.get(name)
  if (known !== undefined) return known
  for (const folder of folders) {
    const path = join(folder, name)
    try {
      accessSync(path, constants.X_OK)
      found.set(name, path)
      return path
    } catch {
      // Not in this folder. Absence is not remembered: a package may be installed while the agent runs.
    }
  }
  return null
}
