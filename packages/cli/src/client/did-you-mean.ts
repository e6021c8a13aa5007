import { nearestOf } from '@chaos-lite/shared'

/** `There is no host "wbe"; did you mean "web"?`, where one of these is near; `otherwise` closes it where none is. */
export function absent(what: string, given: string, known: Iterable<string>, otherwise = '.'): string {
  const nearest = nearestOf(given, known)
  return `There is no ${what} "${given}"${nearest === null ? otherwise : `; did you mean "${nearest}"?`}`
}
