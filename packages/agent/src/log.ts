import type { Terminal } from './world.ts'

/** How important a line of the log is; `debug` ones are usually not kept. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error'
/** Writes one line. It never throws and never waits. */
export type Log = (level: LogLevel, message: string) => void

/** Names under which a secret could ever reach a log line. They are blotted out wherever they stand. */
const SECRETS = ['token', 'password', 'privateKey', 'privateKeyPem', 'authorization', 'cookie', 'env']

/** The log of the service: one JSON object a line on the standard output, for systemd's journal or a collector. */
export async function serviceLog(level = process.env.CHAOS_LITE_LOG ?? 'info'): Promise<Log> {
  const { pino } = await import('pino')
  const paths = SECRETS.flatMap((name) => [name, `*.${name}`])
  const logger = pino({ level, base: null, redact: { paths, censor: '[hidden]' } })
  return (at, message) => logger[at](message)
}

/** The log of a command that a person runs: warnings and errors as plain lines. */
export function commandLog(terminal: Pick<Terminal, 'err'>): Log {
  return (level, message) => {
    if (level === 'warn' || level === 'error') terminal.err(`${level === 'warn' ? 'warning' : 'error'}: ${message}`)
  }
}
