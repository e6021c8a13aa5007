import { SHAPES, type Shape } from '../../../scripts/lab/shapes.ts'
import { ELSEWHERE, type Person } from '../../../scripts/prove/people.ts'
import type { Proved } from '../../../scripts/prove/proved.ts'
import { etc } from '../../../scripts/prove/scene.ts'

/** Makes the file that a path unit waits for; if that starts the service during the failure, it must run afterwards too. */
function startsAgain(service: string, { file, at }: NonNullable<Shape['starts']>): Person {
  const awaited = `for try in $(seq 100); do ! systemctl --quiet is-active ${service} || exit 0; sleep 0.1; done; exit 1`
  return {
    title: `makes the file that the path unit of ${service} waits for${at === 'once' ? ', which starts it' : ''}`,
    only: 'lab',
    does: `touch ${file}${at === 'once' ? `; ${awaited}` : ''}`,
    still: `systemctl --quiet is-active ${service}`,
    differs: [],
  }
}

const serviceStop: Proved = {
  action: 'service.stop',
  notes: [
    'All set-ups of `service.stop` on real hosts stand beside each other on every such host, and every unit of it is compared.',
  ],
  people: [
    {
      title: 'stops another service',
      untilRestart: true,
      only: 'lab',
      does: 'systemctl stop shape-person.service',
      still: '! systemctl --quiet is-active shape-person.service',
      differs: [/^units shape-person\.service: (active|sub) /],
    },
    ELSEWHERE,
  ],
  policy: { services: ['nginx.service', 'shape-*'] },
  lab: [['systemctl', 'enable', '--quiet', '--now', 'nginx.service']],
  services: ['nginx'],
  settings: [
    { title: 'a running service', things: etc, params: { service: 'nginx' } },
    ...SHAPES.map(({ what, service, starts }) => ({
      ...{ title: what, things: etc, params: { service }, only: 'lab' as const },
      ...(starts === undefined ? {} : { people: [startsAgain(service, starts)] }),
    })),
  ],
}

/** How it is proved: see `scripts/prove/proved.ts`. */
export const proofs: readonly Proved[] = [serviceStop]
