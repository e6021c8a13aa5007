import type { Schedule } from './schedule.ts'

/** What somebody does on the host while a failure is in place, and what must be true of it afterwards. */
export interface Person {
  readonly title: string
  /** The world it can be done in; default: both. */
  readonly only?: Schedule['world']
  /** A shell script. */
  readonly does: string
  /** A shell script that succeeds as long as what was done is still there, under this name or another. */
  readonly still: string
  /** Lines of the comparison that come from what was done. */
  readonly differs: readonly RegExp[]
  /** It is the very thing that the failure changed: "identical" would be wrong. */
  readonly sameThing?: true
  /** A restart of the host undoes it, as it undoes everything that stands in no file. */
  readonly untilRestart?: true
}

/** The places in the list of what can be done in a world: all of it, or only what outlasts a restart of the host. */
export function doableIn(
  people: readonly Person[],
  world: Schedule['world'],
  which: true | 'lasting' = true,
): readonly number[] {
  const isMeant = ({ only = world, untilRestart }: Person) =>
    only === world && !(untilRestart === true && which === 'lasting')
  return people.flatMap((person, index) => (isMeant(person) ? [index] : []))
}

/** The differences that nobody made on purpose. */
export function unexplained(differences: readonly string[], people: readonly Person[]): string[] {
  const known = people.flatMap(({ differs }) => differs)
  return differences.filter((line) => !known.some((one) => one.test(line)))
}

/** A file of somebody's own, at this place; seen there and where the folder lies besides, as one of a bind mount does. */
export function noteIn(folder: string, alsoAt = folder): Person {
  const places = [...new Set([folder, alsoAt])]
  return {
    title: `writes a file into ${folder}`,
    does: `printf 'theirs\\n' > ${folder}/note-of-a-person.txt`,
    still: `grep --quiet theirs ${folder}/note-of-a-person.txt`,
    differs: places.flatMap((at) => [
      new RegExp(`^files ${at}/note-of-a-person\\.txt: appeared`),
      new RegExp(`^files ${at}: mtime`),
    ]),
  }
}

/** A file of somebody's own far from anything that the failure changes: it must leave no trace in what is said of it. */
export const ELSEWHERE: Person = noteIn('/srv')

/** A line of somebody's own at the end of a text file, or of what a link leads to. */
export function lineIn(file: string, line: string, alsoAt = file): Person {
  const places = [...new Set([file, alsoAt])].flatMap((path) => [path, path.replace(/\/[^/]+$/, '')])
  return {
    title: `adds a line to ${file}`,
    does: `printf '\\n${line}\\n' >> ${file}`,
    still: `grep --quiet '${line}' ${file}`,
    differs: places.map((path) => new RegExp(`^files ${path}: (mtime|size|sha256) `)),
    sameThing: true,
  }
}

/** A change of another row of an account file: `from` and `to` as sed takes them, `row` what grep finds afterwards. */
export function rowIn(file: string, from: string, to: string, row: string): Person {
  return {
    title: `changes another row of ${file}`,
    does: `sed --in-place 's/^${from}$/${to}/' ${file}; grep --quiet '^${row}$' ${file}`,
    still: `grep --quiet '^${row}$' ${file}`,
    differs: [new RegExp(`^files (/etc|${file}): (mtime|size|sha256) `), /^(?:users|groups) bela: (?:name|members) /],
  }
}

/** Of which nothing of ours may be left, and which nobody may touch. */
export const OWN_TABLE: Person = {
  title: 'adds a firewall table of their own',
  untilRestart: true,
  does: 'nft add table inet person; nft add chain inet person input',
  still: 'nft list chain inet person input; ! nft list ruleset | grep --quiet chaos',
  differs: [/^network ruleset: is /, /^firewall (table|chain) inet person/],
}
