import { expect, test } from 'vitest'
import { eventually } from '../../../shared/test/eventually.ts'
import { administrator, ask, openController } from '../support/controller.ts'
import { hardware } from '../support/hardware.ts'
import { newEpoch } from '../support/lines.ts'
import { enrol, prove } from '../support/scripted-agent.ts'

test('the hardware that a host reported is shown with the time of the report, and unknown before', async () => {
  const controller = await openController()
  const headers = await administrator(controller)
  const { token } = (await ask(controller, 'tokens', { headers, body: {} })).body
  const identity = await enrol(controller.agentUrl, token)
  const path = `hosts/${identity.hostId}/hardware`
  expect(await ask(controller, path, { headers })).toMatchObject({
    status: 200,
    body: { hardware: null, reportedMs: null },
  })
  const agent = await prove(controller.agentUrl, identity, newEpoch(), '0.2.0+hardware')
  await agent.next('welcome')
  const sinceMs = Date.now()
  agent.send({ type: 'hardware', hardware })
  await eventually(async () => expect((await ask(controller, path, { headers })).body.hardware).toEqual(hardware))
  const { reportedMs } = (await ask(controller, path, { headers })).body
  // The controller's clock is anchored to the system's at its start, and may differ from it by a little.
  expect(Math.abs(reportedMs - sinceMs)).toBeLessThan(600_000)
})

test('there is no hardware of a host that is not there', async () => {
  const controller = await openController()
  const headers = await administrator(controller)
  expect(await ask(controller, `hosts/h-${'0'.repeat(24)}/hardware`, { headers })).toMatchObject({ status: 404 })
})
