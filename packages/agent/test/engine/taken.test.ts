import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { accountDisable } from '../../src/actions/account/disable.ts'
import { membershipRevoke } from '../../src/actions/membership/revoke.ts'
import { stage } from '../actions/support.ts'
import { toyWorld } from '../fixtures/toy-engine.ts'

async function held() {
  const { host, root } = await stage()
  const shadow = join(root, 'etc/shadow')
  const before = await readFile(shadow, 'utf8')
  const world = toyWorld({}, { host, actions: [accountDisable, membershipRevoke] })
  onTestFinished(() => world.engine[Symbol.asyncDispose]())
  const request = (action: string, params: Record<string, string>) =>
    world.request({ action, params, stepId: action.replace('.', '-') })
  await world.engine.inject(request('account.disable', { account: 'ben' }))
  return { world, shadow, before, revoke: request('membership.revoke', { account: 'anna', group: 'sudo' }) }
}

const refused = { code: 'policy-refused', rule: 'built-in: the last administrator' }

describe('failures that are held', () => {
  it('count when the next one is asked for, and no more once they are rolled back', async () => {
    const { world, revoke } = await held()
    await expect(world.engine.inject(revoke)).rejects.toMatchObject(refused)
    await expect(world.engine.prepare(revoke)).rejects.toMatchObject(refused)
    await world.engine.revert({}, 'abort')
    await expect(world.engine.inject(revoke)).resolves.toMatchObject({ state: 'injected' })
    await world.engine.revert({}, 'abort')
  })

  it('count as in place although somebody has changed the file back meanwhile', async () => {
    const { world, shadow, before, revoke } = await held()
    await writeFile(shadow, before)
    await expect(world.engine.inject(revoke)).rejects.toMatchObject(refused)
    await world.engine.revert({}, 'abort')
  })
})
