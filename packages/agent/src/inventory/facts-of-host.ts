import { arch, availableParallelism, hostname, networkInterfaces, release, totalmem, type, version } from 'node:os'
import { readForeign } from '../small-files/index.ts'
import { oneLine } from '../text/index.ts'

/** Longer than this nothing of the inventory is waited for. */
const WITHIN_MS = 2_000
/** Stands for what could not be read in its time; an inventory without it would be refused. */
export const UNKNOWN = 'unknown'

/** The result of `work`, or null when it fails or takes too long: what is unknown is never given a value. */
export async function within<T>(work: () => Promise<T>, ms: number = WITHIN_MS): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms)
  })
  try {
    return await Promise.race([work(), late])
  } catch {
    return null
  } finally {
    clearTimeout(timer)
  }
}

/** The system's name for people, such as `Debian GNU/Linux 12 (bookworm)`. */
export async function systemName(
  files: readonly string[] = ['/etc/os-release', '/usr/lib/os-release'],
): Promise<string> {
  for (const file of files) {
    const found = oneLine((await within(() => fromOsRelease(file))) ?? '', 128)
    if (found !== '') return found
  }
  return oneLine(fromRuntime(), 128) || UNKNOWN
}

/** The format: https://www.freedesktop.org/software/systemd/man/latest/os-release.html */
async function fromOsRelease(path: string): Promise<string | null> {
  const text = (await readForeign(path, 64 * 1024)).toString('utf8')
  const value = /^PRETTY_NAME=(?:"([^"\n]*)"|'([^'\n]*)'|(\S*))$/m.exec(text)
  return value?.[1] ?? value?.[2] ?? value?.[3] ?? null
}

/** Where there is no such file. On Windows the version is its name (`Windows Server 2022 Standard`); elsewhere, a build. */
function fromRuntime(): string {
  return process.platform === 'win32' ? version() : type()
}

/** fe80::/10 (RFC 4291): good on one network cable only, and mostly made of the MAC address, which is not reported. */
const LINK_LOCAL = /^fe[89ab][0-9a-f]:/i

/** What the operating system says of itself, from calls that neither wait nor start programs. */
export function machine(interfaces = networkInterfaces()) {
  const addresses = Object.values(interfaces)
    .flatMap((list) => list ?? [])
    .filter(({ internal, address }) => !internal && !LINK_LOCAL.test(address))
    .map(({ address }) => oneLine(address, 64))
  return {
    hostname: oneLine(hostname(), 253) || UNKNOWN,
    kernel: oneLine(release(), 128),
    arch: oneLine(arch(), 32),
    cpus: availableParallelism(),
    memoryBytes: totalmem(),
    addresses: [...new Set(addresses)].slice(0, 64),
  }
}
