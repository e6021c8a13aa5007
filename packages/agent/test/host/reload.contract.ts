import { describe, expect, it } from 'vitest'
import type { Services } from '../../src/host/host.ts'

/** A manager with three services: `able` offers a reload, `unable` does not, `idle` does and does not run. */
export interface ReloadStage {
  readonly services: Services
  /** How often `able` was reloaded so far. */
  reloads(): number | Promise<number>
}

/** What every service manager must do with a reload. */
export function reloadContract(name: string, makeStage: () => Promise<ReloadStage>): void {
  describe(`a reload by ${name}`, () => {
    it('is offered by some services only', async () => {
      const { services } = await makeStage()
      expect((await services.state('able')).canReload).toBe(true)
      expect((await services.state('unable')).canReload).toBe(false)
      expect((await services.state('missing')).canReload).toBe(false)
    })

    it('reaches the service, which goes on running as the same start', async () => {
      const { services, reloads } = await makeStage()
      const before = await services.state('able')
      await services.reload('able.service', 5000)
      await expect.poll(reloads, { timeout: 60_000 }).toBe(1)
      expect(await services.state('able')).toEqual(before)
    })

    it.each(['unable', 'idle', 'missing'])('of %s fails, and changes nothing', async (service) => {
      const { services, reloads } = await makeStage()
      const { loadState, activeState } = await services.state(service)
      await expect(services.reload(service, 5000)).rejects.toMatchObject({
        code: expect.stringMatching(/^(?:tool-failed|not-there)$/),
      })
      expect(await services.state(service)).toMatchObject({ loadState, activeState })
      expect(await reloads()).toBe(0)
    })
  })
}
