import { isIP } from 'node:net'
import { ChaosError, durationMs, issueText, nearestOf } from '@chaos-lite/shared'
import { rangeOf } from '@chaos-lite/shared/address'
import type { CeilingName, PolicyQuestion } from '../../policy/index.ts'
import { allowKeys, ceilingKeys, durationKeys, keysByHand, listKeys } from '../../policy/index.ts'
import { wider } from '../ceilings.ts'
import { coverageOf, type ListKey } from '../covers.ts'
import { PolicyFile } from '../schema.ts'

/** One thing that the owner of this host allows with a command. */
export type Addition =
  | { readonly kind: 'entry'; readonly key: ListKey; readonly value: string }
  | { readonly kind: 'limit'; readonly key: LimitKey; readonly value: string }

type LimitKey = (typeof durationKeys)[number] | CeilingName

const limitKeys: readonly LimitKey[] = [...durationKeys, ...ceilingKeys]

/**
 * One argument of the command line, such as `services=nginx`.
 * @throws ChaosError `param-invalid` with the nearest key, or with what was expected of the value
 */
export function additionOf(argument: string): Addition {
  const [, key = '', value = ''] = /^([^=]*)=(.*)$/s.exec(argument) ?? []
  if (key === '' || value === '') {
    throw new ChaosError('param-invalid', `"${argument}" is not KEY=VALUE; expected an entry such as services=nginx`)
  }
  if (keysByHand.some((one) => one === key)) {
    throw new ChaosError('param-invalid', `\`${key}\` cannot be set by this command; edit it in the policy file`)
  }
  const list = listKeys.find((one) => one === key)
  const limit = limitKeys.find((one) => one === key)
  if (list === undefined && limit === undefined) {
    const nearest = nearestOf(key, allowKeys)
    const hint = nearest === null ? '' : `; did you mean \`${nearest}\`?`
    throw new ChaosError('param-invalid', `A policy has no key \`${key}\`${hint} (there are ${allowKeys.join(', ')})`)
  }
  refusePlaceholder(key, value)
  refuseMisfit(key, list === undefined ? limitValue(key as LimitKey, value) : [value], value)
  return list === undefined ? { kind: 'limit', key: key as LimitKey, value } : { kind: 'entry', key: list, value }
}

/** What documentation writes where a name belongs was meant to be replaced. */
function refusePlaceholder(key: string, value: string): void {
  if (!/…|\.\.\.|^<.*>$/.test(value)) return
  throw new ChaosError('param-invalid', `${key}=${value}: write the real name in the place of "${value}"`)
}

function refuseMisfit(key: string, value: unknown, shown: string): void {
  const issue = PolicyFile.safeParse({ policy: 1, [key]: value }).error?.issues[0]
  const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(shown)
  if (issue === undefined && !invisible) return
  const why = issue === undefined ? 'must have no invisible characters' : issueText(issue).message
  throw new ChaosError('param-invalid', `${key}=${shown}: the value ${why}`)
}

/** A ceiling is a number in the file; anything else stands there as it is given. */
function limitValue(key: LimitKey, value: string): number | string {
  return isCeiling(key) && /^\d{1,4}$/.test(value) ? Number(value) : value
}

function isCeiling(key: LimitKey): key is CeilingName {
  return (ceilingKeys as readonly string[]).includes(key)
}

/** Does the file allow it already, by this entry, by one that covers it, or by a limit that is wide enough? */
export function isAllowedBy(file: PolicyFile, addition: Addition): boolean {
  if (addition.kind === 'limit') return isWideEnough(file, addition.key, addition.value)
  const { key, value } = addition
  if (file[key].includes(value)) return true
  const question = questionFor(key, value)
  return question !== null && coverageOf(file, question, key.startsWith('probe')).by !== null
}

/** The file with the addition, as the loader must read it after the change. */
export function withAddition(file: PolicyFile, { kind, key, value }: Addition): PolicyFile {
  if (kind === 'entry') return { ...file, [key]: [...file[key], value] }
  return { ...file, [key]: limitValue(key, value) }
}

function isWideEnough(file: PolicyFile, key: LimitKey, value: string): boolean {
  if (isCeiling(key)) return wider(key, Number(value), file[key]) === file[key]
  const present = file[key]
  if (present === undefined) return false
  const [now, wanted] = [durationMs(present) ?? 0, durationMs(value) ?? 0]
  return key === 'restBetween' ? now <= wanted : now >= wanted
}

const QUESTIONS: Readonly<Partial<Record<ListKey, PolicyQuestion['kind']>>> = {
  services: 'service',
  processes: 'process',
  names: 'name',
  addresses: 'address',
  ports: 'port',
  interfaces: 'interface',
  shares: 'share',
  folders: 'folder',
  files: 'file',
  accounts: 'account',
  groups: 'group',
  repositories: 'repository',
  credentials: 'credential',
  probePaths: 'file',
}

function questionFor(key: ListKey, value: string): PolicyQuestion | null {
  if (key === 'probeHosts') return { kind: isIP(value) !== 0 || rangeOf(value) !== null ? 'address' : 'name', value }
  const kind = QUESTIONS[key]
  return kind === undefined ? null : { kind, value }
}
