import { expect, test } from 'vitest'
import { lookAtParts } from '../../src/doctor/parts.ts'

const unit = (id: string, active: string, user = '') =>
  `User=${user}\nId=${id}\nLoadState=loaded\nActiveState=${active}\nSubState=${active === 'active' ? 'running' : 'dead'}\n`

/** A host whose systemctl answers with these blocks. */
const saying = (stdout: string, code = 0) => ({ run: async () => ({ code, stdout, stderr: '' }) })
const units = (link: string, socket: string, root: string, user = 'chaos-lite') =>
  saying(
    [
      unit('chaos-lite-link.service', link, user),
      unit('chaos-lite-agent.socket', socket),
      unit('chaos-lite-agent.service', root),
    ].join('\n'),
  )

test('an idle agent is told as one whose root part rests', async () => {
  const found = await lookAtParts(units('active', 'active', 'inactive'))
  expect(found).toMatchObject({ connected: true })
  expect(found?.text).toMatch(/as chaos-lite; .* rests until it is needed/)
})

test('an agent with something to do is told as at work', async () => {
  expect((await lookAtParts(units('active', 'active', 'active')))?.text).toContain('is at work')
})

test.each([
  ['the link', units('failed', 'active', 'inactive'), /chaos-lite-link\.service is failed/],
  ['the socket', units('active', 'inactive', 'inactive'), /chaos-lite-agent\.socket is inactive/],
])('when %s is not there, it says how to start it', async (_, host, words) => {
  const found = await lookAtParts(host)
  expect(found).toMatchObject({ connected: false })
  expect(found?.text).toMatch(words)
  expect(found?.text).toContain('systemctl start')
})

test.each(['', 'root'])('a link that runs as %j is wrong', async (user) => {
  expect(await lookAtParts(units('active', 'active', 'inactive', user))).toMatchObject({ connected: false })
})

test('where the units are not installed, or there is no systemd, nothing is said', async () => {
  expect(
    await lookAtParts(saying('Id=chaos-lite-link.service\nLoadState=not-found\nActiveState=inactive\n')),
  ).toBeNull()
  expect(await lookAtParts(saying('', 1))).toBeNull()
  const missing = { run: () => Promise.reject(new Error('systemctl: not found')) }
  expect(await lookAtParts(missing)).toBeNull()
})
