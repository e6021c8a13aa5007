import { isIP } from 'node:net'
import { ChaosError, durationMs, issueText, nearestOf } from '@chaos-lite/shared'
import { rangeOf } from '@chaos-lite/shared/address'
import type { PolicyQuestion } from '../../policy/index.ts'
import { allowKeys, ceilingKeys, durationKeys, keysByHand, listKeys } from '../../policy/index.ts'
import { numberIn, wider } from '../ceilings.ts'
import { coverageOf } from '../covers.ts'
import { entriesIn, PolicyFile, valueIn } from '../schema.ts'
import { broughtLists } from '../terms.ts'

/** One thing that the owner of this host allows with a command. */
export type Addition =
  | { readonly kind: 'entry'; readonly key: string; readonly value: string }
  | { readonly kind: 'limit'; readonly key: string; readonly value: string }

const limitKeys: readonly string[] = [...durationKeys, ...ceilingKeys]

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
  refuseMisfit(key, list === undefined ? limitValue(key, value) : [value], value)
  return list === undefined ? { kind: 'limit', key: key, value } : { kind: 'entry', key: list, value }
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
function limitValue(key: string, value: string): number | string {
  return isCeiling(key) && /^\d{1,4}$/.test(value) ? Number(value) : value
}

function isCeiling(key: string): boolean {
  return ceilingKeys.includes(key)
}

/** Does the file allow it already, by this entry, by one that covers it, or by a limit that is wide enough? */
export function isAllowedBy(file: PolicyFile, addition: Addition): boolean {
  if (addition.kind === 'limit') return isWideEnough(file, addition.key, addition.value)
  const { key, value } = addition
  if (entriesIn(file, key).includes(value)) return true
  const question = questionFor(key, value)
  return question !== null && coverageOf(file, question, key.startsWith('probe')).by !== null
}

/** The file with the addition, as the loader must read it after the change. */
export function withAddition(file: PolicyFile, { kind, key, value }: Addition): PolicyFile {
  if (kind === 'entry') return { ...file, [key]: [...entriesIn(file, key), value] }
  return { ...file, [key]: limitValue(key, value) }
}

function isWideEnough(file: PolicyFile, key: string, value: string): boolean {
  if (isCeiling(key)) return wider(key, Number(value), numberIn(file, key)) === numberIn(file, key)
  const present = valueIn(file, key)
  if (typeof present !== 'string') return false
  const [now, wanted] = [durationMs(present) ?? 0, durationMs(value) ?? 0]
  return key === 'restBetween' ? now <= wanted : now >= wanted
}

const QUESTIONS: Readonly<Record<string, PolicyQuestion['kind']>> = {
  ...Object.fromEntries(broughtLists.map(({ key, kind }) => [key, kind])),
  names: 'name',
  addresses: 'address',
  folders: 'folder',
  files: 'file',
  accounts: 'account',
  groups: 'group',
  repositories: 'repository',
  credentials: 'credential',
  probePaths: 'file',
}

function questionFor(key: string, value: string): PolicyQuestion | null {
  if (key === 'probeHosts') return { kind: isIP(value) !== 0 || rangeOf(value) !== null ? 'address' : 'name', value }
  const kind = QUESTIONS[key]
  return kind === undefined ? null : { kind, value }
}
