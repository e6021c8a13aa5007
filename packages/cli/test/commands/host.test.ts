import type { HostView } from '@chaos-lite/shared/api'
import { describe, expect, test } from 'vitest'
import type { Api } from '../../src/client/api.ts'
import type { CommandContext } from '../../src/commands/context.ts'
import { approveHost, labelHost, revokeHost } from '../../src/commands/host.ts'
import { hosts } from '../../src/commands/hosts.ts'
import { asLabel } from '../../src/option-values.ts'

const id = (n: number) => `h-${n.toString(16).padStart(24, '0')}`
const inventory = { agentVersion: '0.1.0', journal: { readable: true, open: 0, stuck: 0 } } as HostView['inventory']
const host = (n: number, changes: Partial<HostView> = {}): HostView => ({
  ...{
    hostId: id(n),
    clientId: '01J0000000000000000000000A',
    name: 'erp',
    labels: { role: 'erp' },
    proposedLabels: {},
  },
  ...{ state: 'approved', online: true, lastSeenMs: 1_000, enrolledMs: 1, inventory, offers: [] },
  ...{ busyRunId: null, unconfirmedRunId: null, clockBoundMs: null },
  ...changes,
})

/** A controller with these hosts, and what it is asked to do. */
function aController(...all: HostView[]) {
  const [out, asked]: [string[], unknown[]] = [[], []]
  const change = async (path: string, body: unknown) => {
    asked.push([path, body])
    const one = all.find(({ hostId }) => path.includes(hostId))
    return {
      ...one,
      ...(path.endsWith('approve')
        ? { state: 'approved' }
        : path.endsWith('revoke')
          ? { state: 'revoked' }
          : { labels: body }),
    }
  }
  const api = {
    page: async () => ({ items: all, total: String(all.length), next: null }),
    get: async (path: string) => all.find(({ hostId }) => path.endsWith(hostId)),
    ...{ post: change, put: change },
  } as unknown as Api
  const terminal = { out: (text: string) => void out.push(text) } as CommandContext['terminal']
  const context: CommandContext = { terminal, json: false, signal: new AbortController().signal, api: async () => api }
  return { context, out, asked }
}

const alone = { replaces: null, keepBoth: false }

describe('hosts on the command line', () => {
  test('are listed with their id, their version, and when they were last seen, with the zone', async () => {
    const { context, out } = aController(host(1), host(2, { inventory: null, lastSeenMs: null, state: 'pending' }))
    await hosts(context)
    expect(out[0]).toMatch(/^HOST +ID +LINK +LAST SEEN +STATE +VERSION/)
    expect(out[0]).toMatch(
      new RegExp(`erp +${id(1)} +online +19(70|69)-\\d\\d-\\d\\d \\d\\d:\\d\\d:01 .*UTC\\)? +approved +0\\.1\\.0`),
    )
    expect(out[0]).toMatch(new RegExp(`erp +${id(2)} +online +- +pending +-`))
    expect(out[0]).toContain(`chaos-lite host approve ${id(2)} --replaces ${id(1)}`)
  })

  test('that wait, or propose labels, come with the command to type', async () => {
    const { context, out } = aController(
      host(1, { name: 'web', state: 'pending' }),
      host(2, { proposedLabels: { site: 'north hall' } }),
    )
    await hosts(context)
    expect(out[0]).toContain('chaos-lite host approve web')
    expect(out[0]).toContain(`chaos-lite host label erp 'site=north hall'`)
  })

  test('are approved by name: the one that waits is meant', async () => {
    const { context, asked, out } = aController(
      host(1, { labels: { role: 'erp', site: 'b' } }),
      host(2, { state: 'pending', labels: {} }),
    )
    await approveHost(context, 'erp', { ...alone, replaces: id(1) })
    expect(asked).toEqual([[`/hosts/${id(2)}/approve`, { replaces: id(1) }]])
    expect(out[0]).toContain(`erp (${id(2)}) is approved, and ${id(1)} is revoked.`)
    expect(out[0]).toContain(`chaos-lite host label ${id(2)} role=erp site=b`)
    await approveHost(context, id(2), { ...alone, keepBoth: true })
    expect(asked[1]).toEqual([`/hosts/${id(2)}/approve`, { besides: true }])
  })

  test('of one name are distinguished by their ids', async () => {
    const { context } = aController(host(1), host(2), host(3, { state: 'revoked' }))
    await expect(labelHost(context, 'erp', { role: 'x' }, [])).rejects.toThrow(
      `2 hosts are called erp: give one id of ${id(1)}, ${id(2)}.`,
    )
    await expect(approveHost(context, 'nope', alone)).rejects.toThrow('There is no host "nope"; see: chaos-lite hosts')
    await expect(revokeHost(aController(host(3, { state: 'revoked' })).context, 'erp', true)).rejects.toThrow(
      'The host erp was revoked before.',
    )
  })

  test('are labelled by what is given: the other labels stay', async () => {
    const { context, asked, out } = aController(host(1, { labels: { role: 'erp', site: 'b', old: 'x' } }))
    await labelHost(context, 'erp', { site: 'c' }, ['old'])
    expect(asked).toEqual([[`/hosts/${id(1)}/labels`, { role: 'erp', site: 'c' }]])
    expect(out[0]).toBe(`erp (${id(1)}) has the labels role=erp site=c.`)
    await labelHost(context, 'erp', asLabel('role=mail', asLabel('role=erp')), ['old'])
    expect(asked[1]).toEqual([`/hosts/${id(1)}/labels`, { role: ['erp', 'mail'], site: 'b' }])
    expect(out[1]).toBe(`erp (${id(1)}) has the labels role=erp role=mail site=b.`)
    await expect(labelHost(context, 'erp', {}, [])).rejects.toThrow('Give a label such as role=web')
    await expect(labelHost(context, 'erp', {}, ['none'])).rejects.toThrow('The host erp has no label "none".')
  })

  test('are labelled by name: another one of that name that waits is not meant, and is named', async () => {
    const { context, asked, out } = aController(host(1), host(2, { state: 'pending' }))
    await labelHost(context, 'erp', { site: 'c' }, [])
    expect(asked).toEqual([[`/hosts/${id(1)}/labels`, { role: 'erp', site: 'c' }]])
    expect(out[0]).toContain(`erp (${id(1)}) has the labels`)
    expect(out[0]).toContain(`waits for approval, and was not labelled: ${id(2)}`)
    await labelHost(context, id(1), { site: 'c' }, [])
    expect(out[1]).not.toContain('waits')
  })

  test('with a slip of the pen in their name: the near one is named', async () => {
    const { context } = aController(host(1, { name: 'web' }))
    await expect(approveHost(context, 'wbe', alone)).rejects.toThrow('There is no host "wbe"; did you mean "web"?')
    await expect(hosts(context, { text: '', state: null, link: null })).resolves.toBe(0)
  })

  test('are revoked for ever, which is asked first', async () => {
    const { context, asked } = aController(host(1))
    await expect(revokeHost(context, 'erp', false)).rejects.toThrow('Give --yes to revoke it.')
    await revokeHost(context, 'erp', true)
    expect(asked).toEqual([[`/hosts/${id(1)}/revoke`, {}]])
  })
})
