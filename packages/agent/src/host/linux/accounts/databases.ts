/** One line of `/etc/passwd` (`man 5 passwd`). */
export interface PasswdLine {
  readonly name: string
  readonly uid: number
  readonly gid: number
  readonly home: string
  readonly shell: string
  /** `x` where it is kept in `/etc/shadow`. */
  readonly password: string
}

/** As the C library reads the beginning of a line, and of a member: blanks there do not belong to it, those behind it do. */
export function unindented(text: string): string {
  return text.replace(/^[ \t\v\f\r]+/, '')
}

/** Reads passwd(5). Lines that are none, such as those of NIS (`+`), are left out. */
export function passwdLines(text: string): readonly PasswdLine[] {
  return text.split('\n').flatMap((row) => {
    const [name, password, uid, gid, , home, shell] = unindented(row).split(':')
    if (!name || !/^\d+$/.test(uid ?? '') || !/^\d+$/.test(gid ?? '')) return []
    return [
      { name, uid: Number(uid), gid: Number(gid), home: home ?? '', shell: shell ?? '', password: password ?? '' },
    ]
  })
}

/** One line of `/etc/group` (`man 5 group`). */
export interface GroupLine {
  readonly name: string
  readonly gid: number
  readonly members: readonly string[]
}

/** Reads group(5). Lines that are none are left out, and so are empty members. */
export function groupLines(text: string): readonly GroupLine[] {
  return text.split('\n').flatMap((row) => {
    const [name, , gid, members = ''] = unindented(row).split(':')
    if (!name || !/^\d+$/.test(gid ?? '')) return []
    const found = members.split(',').map(unindented)
    return [{ name, gid: Number(gid), members: found.filter((member) => member !== '') }]
  })
}

/** A name as it reads in a file that is kept as latin1, byte by byte. */
export function asBytes(name: string): string {
  return Buffer.from(name, 'utf8').toString('latin1')
}
