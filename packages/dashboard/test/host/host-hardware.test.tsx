import type { HardwareView } from '@chaos-lite/shared/api'
import { MantineProvider } from '@mantine/core'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import { HardwareFacts } from '../../src/pages/host/host-hardware.tsx'

/** The names and values as somebody reads them. */
function shown(view: HardwareView): { text: string; facts: Record<string, string> } {
  const html = renderToStaticMarkup(
    <MantineProvider>
      <HardwareFacts {...view} />
    </MantineProvider>,
  )
  const plain = (part: string) =>
    part
      .replaceAll(/<[^>]+>/g, ' ')
      .replaceAll(/\s+/g, ' ')
      .trim()
  const pairs = [...html.matchAll(/<dt[^>]*>(.*?)<\/dt>\s*<dd[^>]*>(.*?)<\/dd>/g)]
  const facts = Object.fromEntries(pairs.map(([, name = '', value = '']) => [plain(name), plain(value)]))
  return { text: plain(html.replaceAll(/<style[^>]*>.*?<\/style>/gs, '')), facts }
}

test('shows what is known, and calls the rest not known', () => {
  const { text, facts } = shown({
    reportedMs: 1_000,
    hardware: {
      ...{ manufacturer: 'Dell Inc.', model: null, virtualisation: 'none' },
      processor: { model: 'EPYC', sockets: 1, cores: null, threads: 16 },
      memory: { totalBytes: 2 ** 30, swapBytes: null },
      disks: [{ name: 'sda', model: null, bytes: 1e9, kind: 'hdd', removable: false }],
      interfaces: [],
    },
  })
  expect(facts).toEqual({
    Manufacturer: 'Dell Inc.',
    Model: 'not known',
    Virtualisation: 'none (physical machine)',
    Processor: 'EPYC, 1 socket, 16 threads',
    Memory: '1.0 GiB',
    Swap: 'not known',
    Disks: 'sda: 1.0 GB, HDD',
    'Network interfaces': 'none',
  })
  expect(text).toMatch(/Reported by the agent: .*(1970|1969), \d\d:\d\d [A-Z]/)
})

test('shows a host whose agent reported nothing as not known, with the reason', () => {
  const { text, facts } = shown({ hardware: null, reportedMs: null })
  expect(new Set(Object.values(facts))).toEqual(new Set(['not known']))
  expect(text).toContain('This agent has not reported its hardware.')
})
