import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants, mkdtempSync, openSync, promises, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import * as files from '../../src/small-files/index.ts'
import { isOnlyQuick, mayTakeLong, noticing } from '../../src/small-files/may-take-long.ts'

let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'chaos-lite-small-'))
})

afterEach(() => {
  vi.restoreAllMocks()
})

/** Holds a lease, although it is asked for it (SIGIO), until it is asked to let go. */
const LEASE = `
import fcntl, os, signal, sys
fd = os.open(sys.argv[1], os.O_RDONLY)
signal.signal(signal.SIGIO, signal.SIG_IGN)
fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_RDLCK)
print('held', flush=True)
sys.stdin.readline()
fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_UNLCK)
sys.stdin.readline()
`

const nextTurn = () => new Promise((resolve) => setImmediate(resolve))

/** Whatever is mounted here: the clock jumps past the last look, and the answer is as given. */
function everyTurn(isLong: boolean) {
  if (!isLong) return
  let nowMs = performance.now()
  vi.spyOn(performance, 'now').mockImplementation(() => (nowMs += 21))
}

describe.each([
  { way: 'at once', isLong: false },
  { way: 'in a thread', isLong: true },
])('$way', ({ isLong }) => {
  beforeEach(() => everyTurn(isLong))

  test('a file is written, read, described and removed', async () => {
    const path = join(root, 'file')
    await files.writeFile(path, 'text', { mode: 0o600 })
    expect(await files.readFile(path, 'utf8')).toBe('text')
    expect(await files.readFile(path)).toEqual(Buffer.from('text'))
    expect((await files.stat(path)).mode & 0o777).toBe(0o600)
    expect((await files.lstat(path, { bigint: true })).size).toBe(4n)
    expect(await files.readdir(root)).toEqual(['file'])
    await files.removeFile(path)
    await files.removeFile(path)
    expect(await files.readdir(root)).toEqual([])
  })

  test('what is missing, or there already, is reported with the code of the system', async () => {
    await expect(files.readFile(join(root, 'none'))).rejects.toMatchObject({ code: 'ENOENT' })
    await expect(files.rename(join(root, 'none'), join(root, 'other'))).rejects.toMatchObject({ code: 'ENOENT' })
    writeFileSync(join(root, 'there'), 'theirs')
    await expect(files.open(join(root, 'there'), 'wx')).rejects.toMatchObject({ code: 'EEXIST' })
    await expect(files.writeFile(join(root, 'there'), '', { flag: 'wx' })).rejects.toMatchObject({ code: 'EEXIST' })
    expect(readFileSync(join(root, 'there'), 'utf8')).toBe('theirs')
    await expect(files.removeFile(root)).rejects.toThrow()
  })

  test('an open file is worked on by its handle', async () => {
    const path = join(root, 'file')
    const file = await files.open(path, 'wx', 0o600)
    await file.writeFile('0123456789')
    await file.write(Buffer.from('xx'), 0, 2, 4)
    await file.truncate(8)
    await file.chmod(0o640)
    await file.chown(process.getuid?.() ?? 0, process.getgid?.() ?? 0)
    await file.datasync()
    await file.sync()
    expect((await file.stat()).size).toBe(8)
    expect((await file.stat({ bigint: true })).size).toBe(8n)
    await file.close()
    expect(statSync(path).mode & 0o777).toBe(0o640)
    const again = await files.open(path)
    const { bytesRead, buffer } = await again.read(Buffer.alloc(20), 0, 20, 2)
    expect(buffer.toString('utf8', 0, bytesRead)).toBe('23xx67')
    await again.close()
    await again.close()
  })

  test('a file that is opened to append keeps what it has', async () => {
    const path = join(root, 'log')
    for (const line of ['one\n', 'two\n']) {
      const file = await files.open(path, 'a', 0o600)
      await file.writeFile(line)
      await file.close()
    }
    expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n')
  })
})

test('a pipe that somebody put in the place of a file keeps nobody waiting', async () => {
  const path = join(root, 'pipe')
  execFileSync('mkfifo', [path])
  // Nothing is read of it: what cannot be read is not empty.
  await expect(files.readFile(path, 'utf8')).rejects.toMatchObject({ code: 'ENOTSUP' })
  await expect(files.readForeign(path, 100)).rejects.toMatchObject({ code: 'ENOTSUP' })
  const reading = await files.open(path)
  expect((await reading.stat()).isFIFO()).toBe(true)
  await reading.close()
  await expect(files.open(path, 'w')).rejects.toMatchObject({ code: 'ENXIO' })
})

test('a file of others is read up to its limit, and no byte of a larger one', async () => {
  const path = join(root, 'foreign')
  writeFileSync(path, 'twelve bytes')
  expect((await files.readForeign(path, 12)).toString()).toBe('twelve bytes')
  await expect(files.readForeign(path, 11)).rejects.toMatchObject({ code: 'EFBIG' })
  await expect(files.readForeign('/dev/zero', 100)).rejects.toMatchObject({ code: 'ENOTSUP' })
})

test('a file that somebody has a lease on is opened when that has been given back', async () => {
  const path = join(root, 'leased')
  writeFileSync(path, 'text')
  // The kernel answers whoever opens it without waiting to try again, until the holder has let go.
  const holder = spawn('python3', ['-c', LEASE, path], { stdio: ['pipe', 'pipe', 'inherit'] })
  await once(holder.stdout, 'data')
  expect(() => openSync(path, constants.O_WRONLY | constants.O_NONBLOCK)).toThrow('EAGAIN')
  const opening = files.open(path, 'r+')
  holder.stdin.write('let go\n')
  await (await opening).close()
  holder.kill('SIGKILL')
})

test('after one operation that took long the next ones do not stop everything', async () => {
  const now = vi.spyOn(performance, 'now')
  let nowMs = performance.now() + 1_000_000
  now.mockImplementation(() => nowMs)
  await nextTurn()
  const before = mayTakeLong()
  noticing(() => {
    nowMs += 251
  })
  expect(mayTakeLong()).toBe(true)
  nowMs += 10_001
  await nextTurn()
  expect(mayTakeLong()).toBe(before)
})

test('long work on files lets others have their turn', async () => {
  const inThread = vi.spyOn(promises, 'lstat')
  let others = 0
  const counting = setInterval(() => {
    others += 1
  }, 1)
  const endMs = performance.now() + 200
  while (performance.now() < endMs) await files.lstat(root)
  clearInterval(counting)
  expect(others).toBeGreaterThan(0)
  inThread.mockRestore()
})

describe('a file system that may never answer', () => {
  const local = '28 1 252:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw'
  const proc = '24 28 0:22 / /proc rw,nosuid - proc proc rw'

  test.each([
    ['a share', '90 28 0:50 / /mnt/share rw - nfs4 files:/export rw,hard'],
    ['a program', '91 28 0:51 / /home/me/remote rw - fuse.sshfs me@host: rw'],
    ['another machine', '92 28 0:52 / /hosted rw - 9p hostshare rw'],
    ['a share to be mounted at the first look', '93 28 0:53 / /mnt/auto rw - autofs systemd-1 rw,fd=59'],
    ['something new', '94 28 0:54 / /new rw - novelfs novel rw'],
  ])('makes every operation go through a thread: %s', (_, row) => {
    expect(isOnlyQuick([local, proc, row, ''].join('\n'))).toBe(false)
  })

  test('is none of what every host has', () => {
    const binfmt = '39 24 0:35 / /proc/sys/fs/binfmt_misc rw,relatime shared:13 - autofs systemd-1 rw,fd=36'
    expect(isOnlyQuick([local, proc, binfmt, ''].join('\n'))).toBe(true)
  })

  test('may be there where nothing can be seen', () => {
    expect(isOnlyQuick('')).toBe(false)
    expect(isOnlyQuick('no line of that form\n')).toBe(false)
  })

  test('is looked for again after a while', () => {
    expect(typeof mayTakeLong()).toBe('boolean')
  })
})
