import { type Path, pathText } from '../../path.ts'
import { type Finding, mistake, warning } from '../finding.ts'
import { nearestOf } from '../nearest.ts'
import { hasBrokenPlaceholder, hostFactNames, type Json, type Placeholder, placeholdersIn } from '../placeholder.ts'
import type { ParamDeclaration } from '../schema.ts'
import { oneOf } from './expected-of.ts'
import { mapAt } from './raw.ts'

/** What may be read at a place: durations take parameters of type duration; texts any; values host facts as well. */
type Room = 'duration' | 'text' | 'value' | 'closed'

const ROOMS: readonly (readonly [RegExp, Room])[] = [
  [/^(?:steadyState|watch)\/[^/]+\/(?:with|expect)\/./, 'value'],
  [/^(?:steadyState|watch)\/[^/]+\/every$/, 'duration'],
  [/^method\/\d+\/with\/./, 'value'],
  [/^method\/\d+\/(?:hold|within|wait|effect\/within)$/, 'duration'],
  [/^method\/\d+\/(?:ask|expectAlert)$/, 'text'],
  [/^objectives\/[^/]+\/within$/, 'duration'],
  [/^limits\/holdAtMost$/, 'duration'],
  [/^targets\/[^/]+\/where\/[^/]+$/, 'text'],
]

/** `${…}` in every string of the drill: is it read there, is it written well, is it declared, does its type fit? */
export function checkPlaceholders(drill: Json, params: ReadonlyMap<string, ParamDeclaration>): Finding[] {
  // A parameter declared with a mistake is declared all the same; its type is just not known.
  const declared = Object.keys(mapAt(drill, 'params'))
  const used = new Set<string>()
  const findings: Finding[] = []
  for (const [path, text] of stringsIn(drill, [])) {
    if (!text.includes('${')) continue
    const placeholders = placeholdersIn(text)
    for (const { scope, name } of placeholders) if (scope === 'params') used.add(name)
    const room = roomOf(path)
    findings.push(...(room === 'closed' ? [closed(path)] : checkText(path, text, room, declared, params)))
  }
  // A misspelt use explains why its parameter seems unused.
  const meant = new Set(findings.map(({ nearest }) => nearest))
  const unused = declared.filter((name) => !used.has(name) && !meant.has(name))
  return [
    ...findings,
    ...unused.map((name) => warning(['params', name], `the parameter \`${name}\` is never used`, { at: 'key' })),
  ]
}

function* stringsIn(value: Json, path: Path): Generator<[Path, string]> {
  if (typeof value === 'string') yield [path, value]
  else if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* stringsIn(item, [...path, index])
  else if (value !== null && typeof value === 'object') {
    for (const [key, item] of Object.entries(value)) yield* stringsIn(item, [...path, key])
  }
}

function roomOf(path: Path): Room {
  const text = path.map((part) => String(part).replaceAll('/', '_')).join('/')
  return ROOMS.find(([pattern]) => pattern.test(text))?.[1] ?? 'closed'
}

function closed(path: Path): Finding {
  const expected = 'placeholders only in with, expect, where, durations and questions'
  return mistake(path, `\`${pathText(path)}\` is not read for placeholders`, { expected })
}

function checkText(
  path: Path,
  text: string,
  room: Room,
  declared: readonly string[],
  params: ReadonlyMap<string, ParamDeclaration>,
): Finding[] {
  const broken = hasBrokenPlaceholder(text)
    ? [mistake(path, 'a `${…}` here is no placeholder', { expected: allowedIn(room) })]
    : []
  return [
    ...broken,
    ...placeholdersIn(text).flatMap((placeholder) => checkOne(path, placeholder, room, declared, params)),
  ]
}

function checkOne(
  path: Path,
  { scope, name, text }: Placeholder,
  room: Room,
  declared: readonly string[],
  params: ReadonlyMap<string, ParamDeclaration>,
): Finding[] {
  if (scope === 'host') {
    if (room !== 'value') return [mistake(path, `\`${text}\` cannot be read here`, { expected: allowedIn(room) })]
    if (hostFactNames.some((fact) => fact === name)) return []
    return [
      mistake(path, `there is no host fact \`${name}\``, {
        expected: oneOf(hostFactNames),
        nearest: nearestOf(name, hostFactNames),
      }),
    ]
  }
  if (!declared.includes(name)) {
    const expected = declared.length === 0 ? 'a parameter declared under params; there is none' : oneOf(declared)
    return [
      mistake(path, `the parameter \`${name}\` is not declared`, { expected, nearest: nearestOf(name, declared) }),
    ]
  }
  const type = params.get(name)?.type ?? 'duration'
  if (room !== 'duration' || type === 'duration') return []
  return [mistake(path, `the parameter \`${name}\` is of type ${type}`, { expected: 'a parameter of type duration' })]
}

function allowedIn(room: Room): string {
  return room === 'value' ? '${params.<name>}, ${host.name} or ${host.address}' : '${params.<name>}'
}
