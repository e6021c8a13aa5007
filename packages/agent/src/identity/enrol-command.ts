import { ChaosError, issuesText, Labels, sentenceOf } from '@chaos-lite/shared'
import { readForeign } from '../small-files/index.ts'
import { type Enrolled, enrol } from './enrol.ts'
import { readToken } from './token.ts'

/** An authority is one certificate. */
const MOST_BYTES = 1024 * 1024

/** What a person gives on the command line. */
export interface EnrolCommand {
  readonly controllerUrl: string
  readonly labels: Labels
  /** A file, `-` for the standard input, or null for `CHAOS_LITE_TOKEN`. */
  readonly tokenFile: string | null
  /** The authority of the controller as PEM; null: that of the token, or those of the system. */
  readonly caFile: string | null
  readonly identityFile: string
}

/** Enrols this host from a command line: reads token and authority, then makes and keeps the identity. @throws ChaosError */
export async function enrolFromCommand(command: EnrolCommand): Promise<Enrolled> {
  const labels = Labels.safeParse(command.labels)
  if (!labels.success) {
    throw new ChaosError(
      'param-invalid',
      `A label is not as it must be (such as role=erp-primary): ${issuesText(labels.error, 'the list')}.`,
    )
  }
  const caPem = command.caFile === null ? null : await readAuthority(command.caFile)
  const token = await readToken({ file: command.tokenFile ?? undefined })
  const { controllerUrl, identityFile } = command
  return await enrol({ controllerUrl, token, labels: labels.data, identityFile, caPem })
}

async function readAuthority(file: string): Promise<string> {
  const text = await readForeign(file, MOST_BYTES).then(String, (cause: unknown) => {
    throw new ChaosError('param-invalid', `The authority's certificate ${file} cannot be read: ${sentenceOf(cause)}`, {
      cause,
    })
  })
  if (text.includes('-----BEGIN CERTIFICATE-----') && !text.includes('PRIVATE KEY')) return text
  throw new ChaosError(
    'param-invalid',
    `${file} is not a certificate: PEM text with BEGIN CERTIFICATE, and no private key, was expected.`,
  )
}
