import { SHARE } from '../../lab/share.ts'
import type { Proved } from '../proved.ts'
import { etc } from '../scene.ts'

export const shareDisconnect: Proved = {
  action: 'share.disconnect',
  // A pretended host has no file server that it could be mounted from again.
  only: 'lab',
  policy: { shares: [SHARE.point], probePaths: [SHARE.point] },
  share: true,
  settings: [
    {
      title: 'a folder of another machine, over SSH, by a line of fstab that every boot follows',
      things: etc,
      params: { share: SHARE.point, file: SHARE.file },
    },
  ],
}

export const hostRestart: Proved = {
  action: 'host.restart',
  // A pretended host has no process 1 that could restart it.
  only: 'lab',
  policy: {},
  restarts: true,
  runs: ['by-hand.service'],
  settings: [{ title: 'a service that every boot starts, and one that no boot starts', things: etc, params: {} }],
}
