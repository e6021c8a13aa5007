import { durationMs, durationText, formatDuration, type Position, utcText } from '@chaos-lite/shared'
import type { OwnThings } from '../host/index.ts'
import type { PolicyRequest, Ruling } from '../policy/index.ts'
import { allowCommand, type Lacking } from '../policy/index.ts'
import { oneLine } from '../text/index.ts'
import { ceilingOf, numberIn, wider } from './ceilings.ts'
import { coverageOf } from './covers.ts'
import { isWithinHours } from './hours.ts'
import { protectionOf } from './protections.ts'
import { entriesIn, type PolicyFile } from './schema.ts'
import { canStandIn, suggestedLines } from './suggest.ts'
import { namedLists } from './terms.ts'

/** What the rulings are made from. */
export interface Rules {
  readonly path: string
  readonly file: PolicyFile
  /** Where each entry stands, such as `services[0]`; empty without a file. */
  readonly positions: ReadonlyMap<string, Position>
  readonly own: OwnThings
  /** Why the file cannot be believed, or null. */
  readonly broken: string | null
  readonly present: boolean
}

/** Decides one request. Built-in protections first, then what is named, then how long and when. */
export function rule(rules: Rules, request: PolicyRequest): Ruling {
  if (request.kind === 'action') {
    const refusal = protection(rules, request)
    if (refusal !== null) return refusal
  }
  if (request.kind === 'probe' && request.harmless && request.questions.length === 0) {
    return allowed(`The probe ${request.name} is harmless and needs no line`, 'built in: harmless probes')
  }
  if (rules.broken !== null) return refused(`${rules.broken}; until then nothing is allowed`, rules.broken)
  const { decided, lacking, missing, unnameable } = namesOf(rules, request)
  if (unnameable.length > 0) {
    const things = unnameable.join(', ')
    return refused(`No line of a policy can name ${things}`, `${things} is not something that a policy can name`)
  }
  if (missing.length > 0) return refusedFor(rules, missing, lacking)
  return (
    hoursRefusal(rules, request) ??
    burdenRefusal(rules, request) ??
    allowed(`${rules.path} allows it`, decided.join('; '))
  )
}

function protection(rules: Rules, { name, questions }: PolicyRequest): Ruling | null {
  for (const question of questions.filter(({ look }) => look !== true)) {
    const met = protectionOf(question, rules.own, rules.file.actions.includes(name))
    if (met !== null) return refused(met.reason, met.rule)
  }
  return null
}

interface Names {
  readonly decided: readonly string[]
  readonly lacking: Lacking
  readonly missing: readonly string[]
  readonly unnameable: readonly string[]
}

function namesOf(rules: Rules, request: PolicyRequest): Names {
  const { file } = rules
  const decided: string[] = []
  const missing: string[] = []
  const unnameable: string[] = []
  const lacking: Record<string, string[] | string> = {}
  const add = (key: string, entry: string, thing: string) => {
    const entries = lacking[key] ?? []
    if (Array.isArray(entries) && !entries.includes(entry)) lacking[key] = [...entries, entry]
    missing.push(thing)
  }
  if (request.kind !== 'probe') {
    const key = request.kind === 'action' ? 'actions' : 'exercises'
    const index = file[key].indexOf(request.name)
    const thing = `the ${request.kind} ${request.name}`
    if (index !== -1) decided.push(cited(rules, key, index))
    else if (canStandIn(key, request.name)) add(key, request.name, thing)
    else unnameable.push(thing)
  }
  // Not harmless, and nothing to ask about: no line could ever name it.
  if (request.kind === 'probe' && request.questions.length === 0) unnameable.push(`the probe ${request.name}`)
  for (const question of request.questions) {
    const ceiling = ceilingOf(file, question)
    if (ceiling !== null) {
      const { name, asked, thing } = ceiling
      const before = lacking[name] === undefined ? null : Number(lacking[name])
      // Only failures have a size: no number allows a probe.
      if (asked === null || request.kind !== 'action') unnameable.push(thing)
      else if (ceiling.allowed) decided.push(`${name}: ${numberIn(file, name)}`)
      else {
        lacking[name] = String(wider(name, asked, before))
        missing.push(thing)
      }
      continue
    }
    const { by, add: line, thing } = coverageOf(file, question, request.kind === 'probe' || question.look === true)
    if (by !== null) decided.push(cited(rules, by.key, by.index))
    else if (line !== null && canStandIn(line.key, line.entry)) add(line.key, line.entry, thing)
    else unnameable.push(thing)
  }
  const ceilingMs = durationMs(file.holdAtMost) ?? 0
  if (request.kind === 'action' && (request.holdMs ?? 0) > ceilingMs) {
    lacking.holdAtMost = durationText(request.holdMs ?? 0)
    missing.push(`a failure of ${durationText(request.holdMs ?? 0)} (at most ${file.holdAtMost})`)
  }
  return { decided, lacking, missing, unnameable }
}

function hoursRefusal({ file, path }: Rules, { kind, holdMs, wallMs }: PolicyRequest): Ruling | null {
  const { hours } = file
  if (hours === undefined || kind === 'probe') return null
  if (isWithinHours(hours, wallMs, wallMs + (kind === 'action' ? (holdMs ?? 0) : 0))) return null
  const windows = hours.map(({ zone, days, from, to }) => `${days?.join(' ') ?? 'every day'} ${from}-${to} ${zone}`)
  const text = `${path} allows this only within its hours (${windows.join('; ')}), from beginning to end`
  return refused(text, `hours: ${windows.join('; ')}`)
}

const USUAL_DAY_MS = 4 * 3_600_000

/** What even allowed failures may not add up to: the answer to a controller that goes on and on. */
function burdenRefusal({ file, path }: Rules, { lately, wallMs, holdMs = 0 }: PolicyRequest): Ruling | null {
  if (lately === undefined) return null
  const { heldMs, restedMs } = lately
  const restMs = durationMs(file.restBetween) ?? 0
  if (restedMs !== null && restedMs < restMs) {
    const until = utcText(Math.ceil((wallMs + restMs - restedMs) / 1000) * 1000)
    const text = `${path} leaves this host alone for ${file.restBetween} after each run, now until ${until}`
    return refused(text, `restBetween: ${file.restBetween}`)
  }
  const usualMs = Math.max(USUAL_DAY_MS, durationMs(file.holdAtMost) ?? 0)
  const most = file.heldAtMostPerDay ?? durationText(usualMs)
  if (heldMs + holdMs <= (durationMs(most) ?? 0)) return null
  const minutes = Math.ceil(heldMs / 60_000)
  const enough = durationText(Math.ceil((heldMs + holdMs) / 60_000) * 60_000)
  const text = `${path} allows failures for ${most} within 24 hours; ${formatDuration(minutes * 60_000)} of it is used up, and this one may take ${durationText(holdMs)}. To allow it: ${allowCommand({ heldAtMostPerDay: enough })}`
  return refused(text, `heldAtMostPerDay: ${most}`)
}

function refusedFor({ path, present }: Rules, missing: readonly string[], lacking: Lacking): Ruling {
  const file = present ? path : `${path}, which does not exist yet`
  const reason = `The owner of this host has not allowed ${missing.join(', ')} in ${file}`
  return { ...refused(reason, allowCommand(lacking)), lines: suggestedLines(lacking), lacking, named: namedLists }
}

/** The line that decided, with its number in the file. */
function cited({ file, positions }: Rules, key: string, index: number): string {
  const line = positions.get(`${key}[${index}]`)?.line
  return `${key}: [${entriesIn(file, key)[index]}]${line === undefined ? '' : ` (line ${line})`}`
}

function allowed(reason: string, by: string): Ruling {
  return { allowed: true, reason: oneLine(reason, 1024), rule: oneLine(by, 512), lines: [] }
}

function refused(reason: string, by: string): Ruling {
  return { allowed: false, reason: oneLine(reason, 1024), rule: oneLine(by, 512), lines: [] }
}
