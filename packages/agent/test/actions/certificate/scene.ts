import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Stage, stage } from '../support.ts'
import { madePair } from './make.ts'

export const params = { service: 'nginx', certificate: '/etc/nginx/erp.crt', key: '/etc/nginx/private/erp.key' }

/** A host with a service that reads two files, and what it read last. */
export interface CertificateStage extends Stage {
  /** What the service read when it was started, and with each reload. */
  readonly read: readonly string[]
}

/** `fails`: lets a reload fail with these words as long as it says so. */
export async function certificateStage(
  pair = madePair(),
  { fails = () => null, ...files }: { fails?: () => string | null } & Record<string, unknown> = {},
): Promise<CertificateStage> {
  const read: string[] = []
  const texts = () => ['nginx/erp.crt', 'nginx/private/erp.key'].map((name) => textOf(made.root, name)).join('')
  const onReload = () => {
    const why = fails()
    if (why !== null) throw new Error(why)
    read.push(texts())
  }
  const made = await stage(
    {
      'etc/nginx/erp.crt': `${pair.certificate}${madePair({ subject: 'Example CA' }).certificate}`,
      'etc/nginx/private/erp.key': { text: pair.key, mode: 0o640 },
      ...(files as Record<string, string>),
    },
    { services: { nginx: { canReload: true, onReload } } },
  )
  read.push(texts())
  return { ...made, read }
}

export function textOf(root: string, name: string): string {
  return readFileSync(join(root, 'etc', name), 'latin1')
}
