import * as z from 'zod'
import { ServiceName } from '../params/index.ts'
import { defineProbe } from './probe.ts'

/** Is a service of this host running, as its service manager says? */
export const serviceProbe = defineProbe({
  name: 'service',
  summary: 'Is a service of this host running?',
  needs: ['services'],
  params: z.strictObject({ service: ServiceName }),
  value: {
    active: 'true while the service runs',
    activeState: 'the word of the service manager, such as active or inactive',
    subState: 'its finer word, such as running or dead',
    enabledState: 'does it start at boot: enabled, disabled, masked …',
    mainPid: 'process id of the main process, 0 when there is none',
  },
  expect: () => ({ active: true }),
  asks: ({ service }) => [{ kind: 'service', value: service }],
  timeoutMs: () => 5_000,
  async look({ host }, { service }) {
    const unit = await host.services.state(service)
    // A misspelt name would look like a service that is down, and prove an effect that never was.
    if (unit.loadState === 'not-found') return { evaluated: false, message: `There is no service ${service} here` }
    return {
      evaluated: true,
      message: null,
      value: {
        active: unit.activeState === 'active',
        activeState: unit.activeState,
        subState: unit.subState,
        enabledState: unit.enabledState,
        mainPid: unit.mainPid,
      },
    }
  },
})
