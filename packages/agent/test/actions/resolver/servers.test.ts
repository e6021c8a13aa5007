import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { serversOf, withoutServers, withServers } from '../../../src/actions/resolver/servers.ts'

const id = '01ARZ3NDEKTSV4RRFFQ69G5FAV'
const servers = ['192.0.2.53', '2001:db8::53']
const original = '# by hand\nsearch example.test\nnameserver 10.0.0.53\noptions edns0\nnameserver\t10.0.0.54\n'
const text = (bytes: Uint8Array | null) => bytes?.toString() ?? null

describe('a resolv.conf with other servers', () => {
  const changed = withServers(Buffer.from(original), id, servers)

  it('names them first and alone, and keeps everything else', () => {
    expect(serversOf(changed)).toEqual(servers)
    expect(changed.toString()).toContain('\nsearch example.test\n')
    expect(changed.toString()).toContain(`# chaos-lite ${id} hides: nameserver 10.0.0.53\n`)
  })

  it('has no comment behind an address, which the C library would not read', () => {
    for (const row of changed
      .toString()
      .split('\n')
      .filter((each) => each.startsWith('nameserver'))) {
      expect(row).toMatch(/^nameserver [0-9a-f.:]+$/)
    }
  })

  it('is the original again without them, whatever bytes it had', () => {
    const bytes = fc.oneof(
      fc.uint8Array(),
      fc
        .array(fc.constantFrom('nameserver 1.2.3.4', 'nameserver', '', 'search a', '\r', 'nameserverx', '\xff'))
        .map((rows) => Buffer.from(rows.join('\n'), 'latin1')),
    )
    fc.assert(
      fc.property(bytes, (before) => {
        const back = withoutServers(withServers(before, id, servers), id, servers)
        expect(Buffer.from(before).equals(back ?? Buffer.from('nothing of ours'))).toBe(true)
      }),
    )
  })

  it('keeps what somebody wrote before, inside and after our block, our servers included where they stand outside', () => {
    const rows = changed.toString().split('\n')
    const theirs = [
      'nameserver 10.9.9.9',
      ...rows.slice(0, 2),
      'nameserver 10.8.8.8',
      ...rows.slice(2),
      'nameserver 192.0.2.53',
    ]
    expect(text(withoutServers(Buffer.from(theirs.join('\n')), id, servers))).toBe(
      `nameserver 10.9.9.9\nnameserver 10.8.8.8\n${original}\nnameserver 192.0.2.53`,
    )
  })

  it.each([original, '', 'nameserver 192.0.2.53\n', `# chaos-lite OTHER hides: nameserver 1.1.1.1\n`])(
    'finds nothing of ours in %j',
    (bytes) => {
      expect(withoutServers(Buffer.from(bytes), id, servers)).toBeNull()
    },
  )

  it('shows hidden lines again even where somebody deleted our block', () => {
    const rows = changed.toString().split('\n').slice(4)
    expect(text(withoutServers(Buffer.from(rows.join('\n')), id, servers))).toBe(original)
  })
})
