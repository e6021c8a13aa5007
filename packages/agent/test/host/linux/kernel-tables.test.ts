import { createServer } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { mountPoints } from '../../../src/host/linux/files/mounts.ts'
import { linuxProcesses } from '../../../src/host/linux/processes.ts'
import { parseSockets } from '../../../src/host/linux/sockets.ts'

describe('the table of mounts', () => {
  it('gives mount points, odd names included', () => {
    const table = '22 1 8:1 / / rw - ext4 /dev/sda1 rw\n30 22 0:26 / /srv/my\\040data rw - tmpfs tmpfs rw\n'
    expect(mountPoints(table)).toEqual(['/', '/srv/my data'])
  })
})

describe('the table of sockets', () => {
  it('gives only what listens, in readable addresses', () => {
    const rows = [
      '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
      '   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1',
      '   1: 0100007F:1F91 0100007F:9999 01 00000000:00000000 00:00000000 00000000     0        0 112 1',
      '   2: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 0:0 00:0 0     0        0 113 1',
      '   3: B80D0120000000000000000001000000:01BB 00000000000000000000000000000000:0000 0A 0:0 00:0 0     0        0 114 1',
      '   4: 0000000000000000FFFF0000010200C0:01BB 00000000000000000000000000000000:0000 0A 0:0 00:0 0     0        0 115 1',
    ]
    expect(parseSockets(rows.join('\n'))).toEqual([
      { address: '127.0.0.1', port: 8080, inode: '111' },
      { address: '::', port: 80, inode: '113' },
      { address: '2001:db8::1', port: 443, inode: '114' },
      { address: '192.0.2.1', port: 443, inode: '115' },
    ])
  })
})

describe('processes', () => {
  it('are identified by pid and start time', async () => {
    const self = await linuxProcesses.identity(process.pid)
    expect(self).toMatchObject({ pid: process.pid, startTicks: expect.stringMatching(/^\d+$/) })
    expect(await linuxProcesses.identity(4_194_399)).toBeNull()
    expect(await linuxProcesses.byName(self?.name ?? '')).toContainEqual({ ...self, state: 'runs' })
  })

  it('report on which ports they listen', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    expect(await linuxProcesses.listening(process.pid)).toContainEqual({ address: '127.0.0.1', port })
  })
})
