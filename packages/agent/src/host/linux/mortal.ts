import { tool } from './tools.ts'

/**
 * The same program, killed by the kernel when this process dies (`setpriv(1)`, `--pdeathsig`). Else it could do its
 * work after a recovery has looked and found nothing to roll back. Without setpriv it is started as it is.
 */
export function mortal(argv: readonly [string, ...string[]]): readonly [string, ...string[]] {
  const setpriv = tool('setpriv')
  const program = argv[0].includes('/') ? argv[0] : tool(argv[0])
  if (setpriv === null || program === null) return argv
  return [setpriv, '--pdeathsig', 'KILL', '--', program, ...argv.slice(1)]
}
