import type { LabHost } from '../../../scripts/lab/index.ts'

export type Site = {
  /** Also answer on port 443 with a self-signed certificate for these names. */
  tls?: readonly string[]
  /** How long that certificate is valid. */
  days?: number
}

const KEY = '/etc/nginx/lab.key'
const CERTIFICATE = '/etc/nginx/lab.crt'

/** Starts nginx: `/health` answers 200 with the host's name. */
export async function serveSite(host: LabHost, site: Site = {}): Promise<void> {
  const listen = ['listen 80 default_server;']
  if (site.tls !== undefined) {
    await makeCertificate(host, site.tls, site.days ?? 30)
    listen.push('listen 443 ssl default_server;', `ssl_certificate ${CERTIFICATE};`, `ssl_certificate_key ${KEY};`)
  }
  const health = `location = /health { default_type text/plain; return 200 "${host.name}\\n"; }`
  await host.enter(['rm', '--force', '/etc/nginx/sites-enabled/default'])
  await host.writeFile('/etc/nginx/conf.d/lab.conf', `server {\n  ${[...listen, health].join('\n  ')}\n}\n`)
  await host.enable('nginx')
  await host.waitUntil(['curl', '--silent', '--fail', 'http://127.0.0.1/health'])
}

/** Asks a site from a host, as a workstation would: the body, or undefined if there was no good answer. */
export async function askSite(from: LabHost, url: string): Promise<string | undefined> {
  const argv = ['curl', '--silent', '--fail', '--insecure', '--max-time', '5', url]
  const { code, stdout } = await from.exec(argv, { check: false })
  return code === 0 ? stdout.trim() : undefined
}

async function makeCertificate(host: LabHost, names: readonly string[], days: number): Promise<void> {
  const subject = ['-subj', `/CN=${names[0] ?? host.name}`]
  const alternatives = ['-addext', `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}`]
  const files = ['-keyout', KEY, '-out', CERTIFICATE]
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  await host.exec(['openssl', 'req', '-x509', ...key, '-days', String(days), ...subject, ...alternatives, ...files])
}
