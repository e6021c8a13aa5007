import { existsSync } from 'node:fs'
import { ChaosError } from '@chaos-lite/shared'
import type { Services } from '../../host.ts'
import { knowsOnlyServices } from './knows-only-services.ts'
import { supervisorServices } from './supervisor.ts'
import { supervisorSocketVariable } from './supervisor-protocol.ts'
import { systemdServices } from './systemd.ts'

/** The service manager of this host: the demo supervisor where the environment names one, else systemd where it runs. */
export function linuxServices(env: NodeJS.ProcessEnv = process.env): Services {
  const socket = env[supervisorSocketVariable]
  if (socket) return supervisorServices(socket)
  // The test of sd_booted(3).
  return existsSync('/run/systemd/system') ? systemdServices() : noServices
}

const none = () =>
  Promise.reject(new ChaosError('capability-missing', 'This host has no service manager that Chaos Lite knows.'))

const noServices: Services = {
  ...{ manager: 'none', state: none, start: none, stop: none, reload: none, kill: none },
  ...knowsOnlyServices,
}
