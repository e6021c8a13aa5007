/** One file, folder or link of a host. Texts are latin1, so that any bytes can be given. */
export interface Thing {
  readonly path: string
  readonly text?: string
  readonly folder?: true
  /** A symbolic link to here. */
  readonly link?: string
  readonly mode?: number
  readonly owner?: number
  readonly group?: number
  /** As `setfacl --modify` takes it. */
  readonly acl?: string
  /** Extended attributes. */
  readonly attributes?: Readonly<Record<string, string>>
}

/** The configuration that every pretended host has: names, accounts, groups. anna (1001) is in planners (1002). */
export const etc: readonly Thing[] = [
  { path: '/etc/hosts', text: '127.0.0.1\tlocalhost\n::1\tlocalhost\n' },
  { path: '/etc/nsswitch.conf', text: 'passwd: files\ngroup: files\nshadow: files\ngshadow: files\nhosts: files\n' },
  {
    path: '/etc/passwd',
    text: [
      'root:x:0:0:root:/root:/bin/sh',
      'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin',
      'anna:x:1001:1001:Anna:/home/anna:/bin/sh',
      'bela:x:1003:1003:Bela:/home/bela:/bin/sh',
      '',
    ].join('\n'),
  },
  {
    path: '/etc/group',
    text: 'root:x:0:\nsudo:x:27:bela\nnogroup:x:65534:\nanna:x:1001:\nplanners:x:1002:bela,anna\nbela:x:1003:\n',
  },
  {
    path: '/etc/shadow',
    mode: 0o640,
    text: 'root:*:19000:0:99999:7:::\nnobody:*:19000:0:99999:7:::\nanna:$6$salt$hash:19000:0:99999:7:::\nbela:!:19000:0:99999:7:::\n',
  },
  {
    path: '/etc/gshadow',
    mode: 0o640,
    text: 'root:*::\nsudo:*::bela\nnogroup:*::\nanna:!::\nplanners:!::bela,anna\nbela:!::\n',
  },
]
