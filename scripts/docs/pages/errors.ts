import { errorCatalogue } from '@chaos-lite/shared'
import { markdownPage, type Page, table } from '../page.ts'

/** The catalogue of error codes. */
export function errorsPage(): Page {
  const rows = Object.entries(errorCatalogue).map(([code, { meaning, retry, status }]) => [
    `\`${code}\``,
    meaning,
    retry ? 'yes' : 'no',
    String(status),
  ])
  const intro =
    'Every error carries one of these codes, besides a sentence that says what happened, where, and what to do. ' +
    'The HTTP status applies where the error reaches a browser or the command line.'
  return markdownPage('docs/reference/errors.md', [
    '# Errors',
    '',
    intro,
    '',
    ...table(['Code', 'Meaning', 'May trying again help?', 'HTTP'], rows),
  ])
}
