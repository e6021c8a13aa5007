import { SHARE } from '../../../scripts/lab/share.ts'
import { ELSEWHERE } from '../../../scripts/prove/people.ts'
import type { Proved } from '../../../scripts/prove/proved.ts'
import { etc } from '../../../scripts/prove/scene.ts'

const shareDisconnect: Proved = {
  action: 'share.disconnect',
  notes: [
    '`share.disconnect` is struck on real hosts only. The share is a folder of a second host, mounted over SSH by a line of fstab.',
  ],
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

/** How it is proved: see `scripts/prove/proved.ts`. */
export const proofs: readonly Proved[] = [shareDisconnect]
