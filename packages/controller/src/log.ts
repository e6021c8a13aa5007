import {
  type DestinationStream,
  type LevelWithSilent,
  type Logger,
  type LoggerOptions,
  pino,
  stdSerializers,
} from 'pino'
import { LogRepeats } from './log-repeats.ts'

type LogMethod = NonNullable<NonNullable<LoggerOptions['hooks']>['logMethod']>

/** The secret part of addresses. Such an address is a key: it must not lie around in logs. */
const SECRET_PART = /(\/alerts\/)[^/?\s]+/g

/** The log: JSON lines. What opens doors is left out, wherever it stands. */
export function makeLog(level: LevelWithSilent, destination?: DestinationStream, repeats = new LogRepeats()): Logger {
  const options: LoggerOptions = {
    level,
    hooks: { logMethod: withoutRepeats(repeats) },
    redact: {
      paths: ['authorization', 'cookie', 'password', 'token', 'secret', 'current', 'next'].flatMap((name) => [
        name,
        `*.${name}`,
        `*.*.${name}`,
      ]),
      censor: '[left out]',
    },
    serializers: {
      req: (request: { method: string; url: string; ip?: string; id?: string }) => ({
        id: request.id,
        method: request.method,
        url: withoutSecrets(request.url),
        from: request.ip,
      }),
      err: (error: Error) => {
        const { type, message, stack, ...rest } = stdSerializers.err(error)
        return { type, message: withoutSecrets(message), stack: withoutSecrets(stack), code: rest.code }
      },
    },
  }
  return destination ? pino(options, destination) : pino(options)
}

function withoutRepeats(repeats: LogRepeats): LogMethod {
  return function log(this: Logger, args, method) {
    const [about, message] = args as unknown[]
    const leftOut = repeats.admit(about, message)
    if (leftOut === null) return
    if (leftOut > 0 && typeof about === 'object') method.call(this, { ...about, leftOut }, String(message))
    else method.apply(this, args)
  }
}

/** An address without its secret part and without its query. */
function withoutSecrets(text: string): string {
  return text.replace(SECRET_PART, '$1[left out]').replace(/\?\S*/g, '')
}
