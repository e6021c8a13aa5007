import { createHash, randomBytes } from 'node:crypto'
import type { LabHost } from '../../../scripts/lab/index.ts'

/** The directory's root. */
export const BASE_DN = 'dc=example,dc=test'

/** A person in the directory. */
export type Person = { uid: string; password: string }

/** Starts slapd with a fresh directory: people under ou=people, and cn=admin with the password `admin`. */
export async function serveDirectory(host: LabHost, people: readonly Person[]): Promise<void> {
  await host.exec(['systemctl', 'stop', 'slapd'])
  for (const folder of ['/etc/ldap/slapd.d', '/var/lib/ldap']) {
    await host.exec(['find', folder, '-mindepth', '1', '-delete'])
  }
  const asService = ['runuser', '-u', 'openldap', '--']
  await host.exec([...asService, 'slapadd', '-n', '0', '-F', '/etc/ldap/slapd.d'], { input: configuration() })
  await host.exec([...asService, 'slapadd', '-n', '1', '-F', '/etc/ldap/slapd.d'], { input: content(people) })
  await host.enable('slapd')
  await host.waitUntil(['ldapwhoami', '-x', '-H', 'ldap://127.0.0.1'])
}

/** The distinguished name of a person. */
export function personDn(uid: string): string {
  return `uid=${uid},ou=people,${BASE_DN}`
}

/** Whether a person can log in at the directory on `address`, tried from another host. */
export async function canBind(from: LabHost, address: string, person: Person): Promise<boolean> {
  const options = ['-x', '-o', 'nettimeout=3', '-H', `ldap://${address}`, '-D', personDn(person.uid)]
  return (await from.exec(['ldapwhoami', ...options, '-w', person.password], { check: false })).code === 0
}

function configuration(): string {
  const entries = [
    ['cn=config', ['objectClass: olcGlobal', 'cn: config', 'olcPidFile: /var/run/slapd/slapd.pid']],
    ['cn=module{0},cn=config', ['objectClass: olcModuleList', 'cn: module{0}', 'olcModuleLoad: back_mdb']],
    ['cn=schema,cn=config', ['objectClass: olcSchemaConfig', 'cn: schema']],
  ] as const
  const database = [
    'objectClass: olcDatabaseConfig',
    'objectClass: olcMdbConfig',
    'olcDatabase: {1}mdb',
    'olcDbDirectory: /var/lib/ldap',
    `olcSuffix: ${BASE_DN}`,
    `olcRootDN: cn=admin,${BASE_DN}`,
    `olcRootPW: ${hashed('admin')}`,
    'olcAccess: to attrs=userPassword by anonymous auth by self write by * none',
    'olcAccess: to * by * read',
  ]
  const schemas = ['core', 'cosine', 'inetorgperson'].map((name) => `include: file:///etc/ldap/schema/${name}.ldif\n\n`)
  const head = entries.map(([dn, lines]) => entry(dn, lines)).join('')
  return head + schemas.join('') + entry('olcDatabase={1}mdb,cn=config', database)
}

function content(people: readonly Person[]): string {
  const root = entry(BASE_DN, ['objectClass: domain', 'dc: example'])
  const unit = entry(`ou=people,${BASE_DN}`, ['objectClass: organizationalUnit', 'ou: people'])
  const entries = people.map(({ uid, password }) =>
    entry(personDn(uid), [
      'objectClass: inetOrgPerson',
      `uid: ${uid}`,
      `cn: ${uid}`,
      `sn: ${uid}`,
      `userPassword: ${hashed(password)}`,
    ]),
  )
  return [root, unit, ...entries].join('')
}

function entry(dn: string, lines: readonly string[]): string {
  return `dn: ${dn}\n${lines.join('\n')}\n\n`
}

function hashed(password: string): string {
  const salt = randomBytes(8)
  const digest = createHash('sha1').update(password).update(salt).digest()
  return `{SSHA}${Buffer.concat([digest, salt]).toString('base64')}`
}
