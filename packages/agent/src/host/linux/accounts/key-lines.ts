/** Kinds of keys that servers take today; `ssh-dss` has been none of them since OpenSSH 7. */
const kind = '(?:ssh-(?:ed25519|rsa)|ecdsa-sha2-\\S+|sk-\\S+@openssh\\.com)'
const keyStart = new RegExp(`^${kind}\\s+AAAA`)
/** Options of a line (`man 8 sshd`, "AUTHORIZED_KEYS FILE FORMAT") up to the first blank outside of quotes. */
const optionsStart = /^((?:"(?:\\"|[^"])*"|[^\s"])+)\s+/

/** What a line of `authorized_keys` opens: a session, perhaps one (a program decides, or an authority), or none. */
export type Opens = 'session' | 'perhaps' | 'nothing'

/** What the best of the lines opens. */
export function bestOfKeys(text: string, wallMs: number): Opens {
  const all = text.split(/\r?\n/).map((row) => opens(row.trim(), wallMs))
  return all.find((each) => each === 'session') ?? all.find((each) => each === 'perhaps') ?? 'nothing'
}

function opens(row: string, wallMs: number): Opens {
  if (row === '' || row.startsWith('#')) return 'nothing'
  if (keyStart.test(row)) return 'session'
  const [start = '', options = ''] = optionsStart.exec(row) ?? []
  if (start === '' || !keyStart.test(row.slice(start.length))) return 'nothing'
  // What stands in quotes is a value, whatever it looks like.
  const names = options
    .replaceAll(/"(?:\\"|[^"])*"/g, '')
    .toLowerCase()
    .split(',')
  const [, until] = /(?:^|,)expiry-time="(\d{8})/i.exec(options) ?? []
  if (until !== undefined && until <= dayAfter(wallMs)) return 'nothing'
  // A command of its own may be a message, a backup, or a shell that is logged.
  return names.includes('command=') || names.includes('cert-authority') ? 'perhaps' : 'session'
}

/** A failure may last over midnight. */
function dayAfter(wallMs: number): string {
  return new Date(wallMs + 86_400_000).toISOString().slice(0, 10).replaceAll('-', '')
}
