import { programNames } from './program-names.ts'

const namesOfPrograms = programNames.join('|')
const made = '(?:re-?)?(?:auto[- ]?)?(?:generated|rendered|templated|provisioned)'
const managed = '(?:managed|controlled|owned|deployed|configured)'
const written =
  '(?:maintained|created|written|overwritten|rewritten|populated|updated|produced|built|handled|installed)'
const edit = '(?:edit|modify|change|alter|touch)'

/** What was done to the file and by whom: the words before the verb, the verb, and those behind "by". */
export const done = new RegExp(
  `^(?<before>.*?)\\b(?<verb>${made}|${managed}|${written})(?<how>(?: automatically| dynamically| periodically| regularly| nightly| daily| hourly| (?:every|each) \\w+)?)(?: (?:at|on) [^,;]{4,60}?)? (?<preposition>by|with|via|through|using|from)\\s+(?<whom>.+)$`,
  'i',
)
/** Verbs that people do not use of themselves, and those that they use less often than programs. */
export const isMade = new RegExp(`^${made}$`, 'i')
/** A verb that people also use of their own work: it counts only beside a request not to edit the file. */
export const isManaged = new RegExp(`^${managed}$`, 'i')
/** Says in so many words that no person writes the file. */
export const automatic = new RegExp(
  `\\b(?:auto[- ]?|(?:automatically|dynamically) |machine[- ])(?:re-?)?(?:generated|${managed}|${written})\\b|\\b(?:generated|${managed}|${written}) (?:automatically|dynamically)\\b`,
  'i',
)
/** Without a word of who did it. */
export const generatedFile =
  /\bgenerated (?:\/etc\/)?(?:file|hosts|resolv\.conf)\b|\b(?:this|the) (?:\w+ )?file (?:is|was|has been) (?:re-?)?generated\b(?! (?:manually|by|with|from|using|via))|^(?:re-?)?(?:auto-?)?generated (?:at|on|during) (?:every |each |system )?(?:re)?(?:boot|start)|\bunder config(?:uration)? management\b/i
/** A program in the active voice, and a file in its hands. */
export const active = new RegExp(
  `\\b(${namesOfPrograms}) (?:automatically )?(?:manages|controls|(?:re)?generates|(?:over|re)?writes|maintains|updates) (?:this|the|\\/etc)\\b|\\bunder (?:the )?(?:control of )?(?:the )?(${namesOfPrograms})\\b(?! \\d)`,
  'i',
)
/** The same in other languages. */
export const foreign = new RegExp(
  [
    String.raw`\bautomatisch (?:generiert|erstellt|erzeugt|verwaltet|gegenereerd|\u00fcberschrieben)`,
    String.raw`\bdatei (?:wird|wurde|ist) (?:von|durch|mit) (?:${namesOfPrograms})`,
    String.raw`\b(?:g\u00e9n\u00e9r\u00e9|g\u00e9r\u00e9) (?:automatiquement|par (?:${namesOfPrograms}))`,
    String.raw`\b(?:generado|gestionado|gerado) (?:autom[a\u00e1]ticamente|por (?:${namesOfPrograms}))`,
    String.raw`\b(?:generato|gestito) (?:automaticamente|da (?:${namesOfPrograms}))`,
  ].join('|'),
  'iu',
)
/** "Ansible managed", but not "Ansible managed hosts are". */
export const namedFirst = new RegExp(
  `^(?:this (?:\\w+ )?file is |file is )?(?:an? |the )?(${namesOfPrograms})[- ](?:managed|generated|maintained|controlled)(?:$|[:.,!(]| (?:file|hosts file|resolv|config|block|section)\\b)`,
  'i',
)

/** A change would not stay. */
export const changesLost =
  /\b(?:changes?|edits?|editing|modifying|modifications?|customi[sz]ations?)\b.{0,40}\b(?:(?:will|may|might|can|could|would|are|is|get|gets)\b.{0,20}\b(?:lost|over-?written|reverted|discarded|replaced|clobbered|erased|destroyed|undone|wiped|removed)\b|(?:will|do|does) not (?:persist|survive|last)|not (?:be )?(?:preserved|kept|retained))|\b(?:\u00e4nderungen|aenderungen)\b.*(?:\u00fcberschrieben|ueberschrieben|verloren)/iu
/** The file is going to be written again; `before` is the subject of the sentence. */
export const rewritten =
  /^(?<before>.*?)\b(?:will|may|might|could|gets?|is|are) (?:be )?(?:\w+ ){0,2}(?:over-?written|re-?generated|re-?created|re-?written|clobbered)\b/i
/** A promise of the opposite: changes are kept. */
export const notLost = /\bnot (?:be )?(?:\w+ )?(?:overwritten|re-?generated|recreated|rewritten|lost)\b/i

/** Asks people to leave the file alone. Global, so that every place in a line is found. */
export const doNotEdit = new RegExp(
  `\\b(?:do not|don't|never) (?:\\w+ )?${edit}\\b|\\b(?:should|must|may|can) ?not be (?:edited|modified|changed|altered|touched)\\b`,
  'gi',
)
/** Nobody but a generator knows of another way to edit than by hand. */
export const notByHand = new RegExp(
  `\\b(?:do not|don't|never) (?:\\w+ )?${edit}\\b.{0,24}\\b(?:by hand|manually|directly|in place)\\b|\\b${edit}\\b.{1,60}\\binstead\\b(?! of)|\\b(?:don't bother|no point in) (?:editing|changing|modifying)\\b|\\bto (?:make |add )?(?:changes?|modify|edit|entries)\\b.{0,50}\\b(?:use|run|edit|modify|change)\\s+(?:the )?[\`'"/]|^(?:\\w+[:!] )?(?:do not|don't) ${edit} this file[\\s!.]*$`,
  'i',
)
/** So people write to people. */
export const asks = /\b(?:ask|asking|contact|talk|call|tell|inform|without|unless|please)\b/i

/** What is not so, or is only wished for. */
export const denied =
  /\b(?:no longer|never|formerly|previously|used to be|once|nothing|not|isn't|wasn't|should|to be|todo|planned|copied|taken|imported|pasted|migrated|moved away)\b/i
/** What is no longer so. */
export const over =
  /\b(?:before\b(?! (?:each|every|the next|you))|formerly|previously|earlier|originally|until|any ?more|in the past|at first|long ago|now (?:static|by hand|maintained|kept|edited))/i
/** It is said of this file, and of nothing else. */
export const ofThisFile =
  /^(?:BEGIN|START)\b|\bfiles?\b(?! ?(?:server|share|system))|\bhosts?[- ](?:table|database)\b|\/hosts\b|\bresolv\.conf\b|^resolver\b|^config(?:uration)?\b|\bthis (?:config(?:uration)?|section|block|part|resolver|content)\b|\bcontents? of this\b|(?:^|[,;] )it\b|\bthis(?= (?:is|was|list|table)\b|\s*$)/i
/** What somebody writes into it. */
export const entriesOf = /\b(?:here|anything|everything|below)\b/i
/** Nothing stands before the verb but words that lead to it. */
export const introduction =
  /^(?:(?:begin|start|warning|note|notice|attention|caution|important|info|header)\W+)*(?:(?:was|were|is|are|has|have|been|being|automatically|dynamically)\s*)*$/i
/** The line speaks of this very file, and not of one that it names besides. */
export const aloneIn = /(?:\/hosts|\bresolv\.conf|\bthis (?:\w+ )?file|\b(?:hosts|resolver) file)\b/i

const people =
  /^(?:me|us|myself|ourselves|you|him|her|them|hand|people|nobody|humans?|root|anyone|everyone)\b|\b(?:admins?|administrators?|sysadmins?|teams?|staff|department|dept\.?|office|group|colleagues?|operators?|people|company|owner|trainee|student|consultant|provider|IT|ops|netops|devops|helpdesk)$|@/i
const nouns =
  /\b(?:scripts?|tools?|daemon|program|software|cron|cronjob|job|playbook|role|recipe|cookbook|module|plugin|service|agent|client|server|manager|generator|scraper|function|gui|app|application|automation|management|orchestration|deployment|pipeline|template|system|engine|framework|vpn|utility|package|hook)\b/i
const shapes =
  /^\S*\/|\.(?:sh|py|pl|rb|php|js|lua|tcl|ps1)\b|\(\d\)|[a-z][A-Z]|\b[A-Z]{2,}[a-z]|[A-Za-z]-[a-z]|\w_\w|[A-Za-z]\d|\bv?\d+\.\d|^["'`]/
const names = new RegExp(`(?<![\\w.-])(?:${namesOfPrograms})(?!\\w)`, 'i')
const dates = /\b\d{1,4}[-./]\d{1,2}[-./]\d{1,4}\b/g

/** Who is named by these words? */
export function makerOf(name: string, whom: string): 'person' | 'program' | 'unknown' {
  const bare = name.replace(dates, '').trim()
  if (people.test(bare)) return 'person'
  if (names.test(bare) || nouns.test(bare) || shapes.test(bare)) return 'program'
  // First name and surname, as people sign.
  if (/^\p{Lu}\p{Ll}+[ -]\p{Lu}\p{Ll}+$/u.test(bare) || /^(?:my|our|your|the|an?)\b/i.test(whom)) return 'person'
  return 'unknown'
}
