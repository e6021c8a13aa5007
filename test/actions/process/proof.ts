import type { Proved } from '../../../scripts/prove/proved.ts'
import { etc } from '../../../scripts/prove/scene.ts'

/** How many run; those that ended and that nobody has waited for do not. */
const WORKERS = 'ps -C erp-worker -o stat= | grep --count --invert-match Z'
const AWAIT_WORKERS = (count: number) =>
  `for try in $(seq 200); do [ "$(${WORKERS})" != ${count} ] || exit 0; sleep 0.02; done; exit 1`

const processStop: Proved = {
  action: 'process.stop',
  only: 'namespace',
  people: [
    {
      title: 'starts a third process of the name',
      untilRestart: true,
      does: `setsid /run/erp-worker infinity < /dev/null > /dev/null 2>&1 & ${AWAIT_WORKERS(3)}`,
      still: `[ "$(${WORKERS})" = 3 ]`,
      differs: [/^processes erp-worker 2: appeared \(is at work\)/],
    },
    {
      title: 'ends one of the suspended processes',
      untilRestart: true,
      does: `kill -KILL "$(pgrep -x erp-worker | tail -n 1)"; ${AWAIT_WORKERS(1)}`,
      still: `[ "$(${WORKERS})" = 1 ]`,
      differs: [/^processes erp-worker 1: is gone/],
      sameThing: true,
    },
  ],
  policy: { processes: ['erp-worker'] },
  programs: ['erp-worker'],
  settings: [{ title: 'two processes of one name', things: etc, params: { name: 'erp-worker' } }],
}

/** How it is proved: see `scripts/prove/proved.ts`. */
export const proofs: readonly Proved[] = [processStop]
