import { spawn } from 'node:child_process'

/**
 * Runs a program; resolves with its exit code (1 when a signal ended it). Its output is passed through as it comes, or
 * in one piece at its end.
 */
export function run(command: string, args: readonly string[], output: 'at once' | 'at its end' = 'at once') {
  return new Promise<number>((resolve, reject) => {
    const to = output === 'at once' ? 'inherit' : 'pipe'
    const child = spawn(command, args, { stdio: ['ignore', to, to] })
    const said: Buffer[] = []
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => said.push(chunk))
    child.on('error', reject)
    child.on('close', (code) => {
      process.stdout.write(Buffer.concat(said))
      resolve(code ?? 1)
    })
  })
}
