import { isSchemaError, issuesText } from './issue-text.ts'
import type { Message } from './message.ts'

/** What every error of Chaos Lite carries: a stable code, a sentence for people, and whether trying again can help. */
interface CatalogueEntry {
  readonly meaning: string
  readonly retry: boolean
  /** The HTTP status where the error reaches a browser or the command line. */
  readonly status: number
}

/** The catalogue of error codes. `docs/reference/errors.md` is generated from it. */
export const errorCatalogue = {
  'drill-invalid': { meaning: 'The drill file has mistakes; nothing was planned.', retry: false, status: 422 },
  'param-invalid': { meaning: 'A parameter has a value its type does not allow.', retry: false, status: 422 },
  'request-invalid': { meaning: 'The request does not have the expected form.', retry: false, status: 400 },
  'not-logged-in': { meaning: 'Log in first.', retry: false, status: 401 },
  'not-allowed': { meaning: 'This user may not do that.', retry: false, status: 403 },
  'not-found': { meaning: 'There is no such thing, or it belongs to another company.', retry: false, status: 404 },
  'already-exists': { meaning: 'There is one with this name already.', retry: false, status: 409 },
  'wrong-state': { meaning: 'That cannot be done in the present state.', retry: false, status: 409 },
  'plan-refused': { meaning: 'The plan was refused; each host says why.', retry: false, status: 409 },
  'plan-changed': { meaning: 'The plan is no longer what was approved.', retry: false, status: 409 },
  'host-busy': { meaning: 'Another run or rehearsal holds this host.', retry: true, status: 409 },
  'host-offline': { meaning: 'The host has no link to the controller now.', retry: true, status: 409 },
  'host-stuck': {
    meaning: 'Something on this host could not be rolled back; a person must act first.',
    retry: false,
    status: 409,
  },
  'capability-missing': { meaning: 'This host cannot do that.', retry: false, status: 409 },
  'policy-refused': { meaning: "The host's own policy does not allow it.", retry: false, status: 403 },
  'cannot-restore': {
    meaning: 'The original could not be restored later, so nothing is touched.',
    retry: false,
    status: 409,
  },
  'not-there': { meaning: 'The thing to be drilled does not exist on this host.', retry: false, status: 409 },
  'backup-unusable': {
    meaning: 'The backup cannot be read, or is not safe to restore; nothing was changed.',
    retry: false,
    status: 409,
  },
  'journal-unreadable': {
    meaning: 'The journal on this host cannot be read; no failure is started.',
    retry: false,
    status: 409,
  },
  'journal-full': {
    meaning: 'There is no room for the undo record; nothing was touched.',
    retry: true,
    status: 507,
  },
  'failsafe-unavailable': {
    meaning: 'The safety timer could not be armed; nothing was touched.',
    retry: true,
    status: 409,
  },
  'command-expired': { meaning: 'The command came too late.', retry: true, status: 409 },
  'command-forged': { meaning: 'The command was not signed by this host’s controller.', retry: false, status: 403 },
  'timed-out': { meaning: 'It did not finish in its time.', retry: true, status: 504 },
  'tool-failed': { meaning: 'A program of the operating system failed.', retry: true, status: 500 },
  'storage-full': {
    meaning: 'There is no space left; nothing is acknowledged, nothing is lost.',
    retry: true,
    status: 507,
  },
  'too-many': { meaning: 'A limit was reached.', retry: true, status: 429 },
  internal: { meaning: 'Chaos Lite failed; the log has the details.', retry: true, status: 500 },
} as const satisfies Record<string, CatalogueEntry>

/** A code of the catalogue. Codes are stable: scripts, records and other versions read them. */
export type ErrorCode = keyof typeof errorCatalogue

/** One of several reasons: per host of a refused plan, per mistake of a file. */
export interface ErrorItem {
  readonly where: string
  readonly message: string
  /** The rule that decided, or the command that would allow it; null where there is none. */
  readonly rule: string | null
}

/** An error for people. `message` says what happened, where, what was expected and what to do. */
export class ChaosError extends Error {
  override readonly name = 'ChaosError'
  readonly code: ErrorCode
  /** The rule that matters, or the command that would allow it, where there is one. */
  readonly rule: string | null
  readonly items: readonly ErrorItem[]
  /** What `message` means, where it was made of a message of the catalogue. Null: only its text is known. */
  readonly said: Message | null

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; rule?: string; items?: readonly ErrorItem[]; said?: Message } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.said = options.said ?? null
    this.code = code
    this.rule = options.rule ?? null
    this.items = options.items ?? []
  }

  /** May trying again help? */
  get retry(): boolean {
    return errorCatalogue[this.code].retry
  }
}

/** How each command begins that allows more on a host. */
export const ALLOW_COMMAND = 'chaos-lite-agent policy allow'

/** Does the rule of a refusal say how to allow it? */
export function isAllowCommand(rule: string): boolean {
  return rule.startsWith(`${ALLOW_COMMAND} `)
}

/** The rule of a refusal, for people: the command that the owner of the host would run, or the rule that decided. */
export function ruleText(rule: string): string {
  return isAllowCommand(rule) ? `To allow it, run on that host as root: ${rule}` : `Rule: ${rule}`
}

/** Any thrown value as one sentence. */
export function sentenceOf(thrown: unknown): string {
  if (isSchemaError(thrown)) return `It does not have the expected form: ${issuesText(thrown)}`
  return thrown instanceof Error ? thrown.message : String(thrown)
}
