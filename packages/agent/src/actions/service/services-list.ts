import { fewestLetters, fitsGlob, lettersOf, type PolicyList, unitName } from '../../policy/index.ts'
import { refuseProtectedService } from '../../protected/index.ts'
import { NamePattern } from '../patterns.ts'

/** Examples of what is protected on every host: a pattern that fits one of them was not thought through. */
const protectedUnits = ['sshd', 'ssh', 'dbus', 'systemd-journald', 'NetworkManager', 'nftables', 'chaos-lite-agent']

/** `services` of the policy file: units by name, with or without `.service`. */
export const servicesList: PolicyList = {
  key: 'services',
  kind: 'service',
  entry: NamePattern,
  meaning: 'Services that may be failed; * stands for any characters',
  example: 'nginx.service',
  fits: (entry, value) => fitsGlob(unitName(entry), unitName(value)),
  refuseProtected: (value) => refuseProtectedService(unitName(value)),
  wide: {
    what: 'patterns for nearly everything; services that are protected anyway',
    look: (entry) => {
      if (lettersOf(entry.replace(/\.service$/, '')) < fewestLetters) return 'lets nearly every service be stopped'
      const met = protectedUnits.find(
        (unit) => entry.includes('*') && (fitsGlob(entry, unit) || fitsGlob(entry, `${unit}.service`)),
      )
      return met === undefined ? null : `fits ${met} as well, which is protected on every host`
    },
    remedy: 'name the services one by one',
  },
  named: {
    word: 'service',
    exists: async ({ services }, entry) => (await services.state(entry)).loadState !== 'not-found',
    async all(host, entry) {
      const names = (await host.names?.('service')) ?? []
      return entry.includes('.') ? names : names.map((name) => name.replace(/\.service$/, ''))
    },
  },
  isDisclosed: true,
}
