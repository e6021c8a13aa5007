import { constants } from 'node:fs'
import { open } from 'node:fs/promises'

/** No SSH server is larger; larger programs are not read. */
const maxBytes = 8 * 1024 * 1024
const maxKnown = 2_000

/** A setting that only the server of OpenSSH knows (the client has others), and how Dropbear's server calls itself. */
const marks = ['authorizedkeysfile', 'Dropbear server v', 'tinysshd']
const elf = Buffer.from([0x7f, 0x45, 0x4c, 0x46])

/** By identity and time, so that each program is read once. */
const known = new Map<string, boolean>()

/** Is the file a program that has an SSH server in it? By its bytes, so under any name. Never throws. */
export async function isSshServerFile(path: string): Promise<boolean> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(() => null)
  if (file === null) return false
  try {
    const found = await file.stat()
    const { dev, ino, size, mtimeMs } = found
    if (!found.isFile() || size > maxBytes || size < elf.length) return false
    const key = `${dev} ${ino} ${size} ${mtimeMs}`
    const before = known.get(key)
    if (before !== undefined) return before
    const bytes = Buffer.alloc(size)
    const { bytesRead } = await file.read(bytes, 0, size, 0)
    const isServer =
      bytes.subarray(0, 4).equals(elf) && marks.some((mark) => bytes.subarray(0, bytesRead).includes(mark))
    if (known.size >= maxKnown) known.clear()
    known.set(key, isServer)
    return isServer
  } catch {
    return false
  } finally {
    await file.close().catch(() => {})
  }
}
