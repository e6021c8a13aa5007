import { SHARE } from '../../lab/share.ts'
import { ELSEWHERE } from '../people.ts'
import type { Proved } from '../proved.ts'
import { etc } from '../scene.ts'

export const shareDisconnect: Proved = {
  action: 'share.disconnect',
  // A pretended host has no file server that it could be mounted from again.
  only: 'lab',
  policy: { shares: [SHARE.point], probePaths: [SHARE.point] },
  share: true,
  people: [
    {
      title: 'writes a file into the folder that the share was mounted in',
      does: `! findmnt ${SHARE.point}; printf 'theirs\\n' > ${SHARE.point}/note-of-a-person.txt`,
      // Below the share, which is taken off in the eyes of this script only.
      still: `unshare --mount --propagation private sh -c 'umount --lazy ${SHARE.point}; grep --quiet theirs ${SHARE.point}/note-of-a-person.txt'`,
      differs: [],
      sameThing: true,
    },
    ELSEWHERE,
  ],
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
