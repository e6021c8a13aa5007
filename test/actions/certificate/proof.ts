import { madePair } from '../../../packages/agent/test/actions/certificate/make.ts'
import { noteIn, type Person } from '../../../scripts/prove/people.ts'
import type { Proved, Setting } from '../../../scripts/prove/proved.ts'
import { etc, type Thing } from '../../../scripts/prove/scene.ts'

const CERTIFICATE = '/etc/ssl/erp/erp.crt'
const KEY = '/etc/ssl/erp/private/erp.key'
const BOTH = '/etc/haproxy/erp.pem'
const ARCHIVE = '/etc/letsencrypt/archive'
const LIVE = '/etc/letsencrypt/live'

const erp = madePair({ issuer: 'Example CA' })
const chain = `${erp.certificate}${madePair({ subject: 'Example CA', names: [] }).certificate}`
const renewed = madePair({ issuer: 'Example CA', toDays: 90 })
const ended = madePair({ fromDays: -90, toDays: -3 })

const host = (...things: readonly Thing[]): Setting['things'] => [...etc, ...things]
const named = (certificate: string, key: string) => ({ service: 'nginx', certificate, key })

/** As acme.sh and scripts install a new pair: the bytes of the files are exchanged, the key first. */
function renews(texts: Readonly<Record<string, string>>): Person {
  const files = Object.entries(texts)
  const places = files.flatMap(([path]) => [path, path.replace(/\/[^/]+$/, '')])
  const line = (text: string) => text.trim().split('\n').at(-2) ?? ''
  return {
    title: 'renews the certificate and its key',
    does: files.map(([path, text]) => `cat > ${path} <<'END'\n${text}END`).join('\n'),
    still: files.map(([path, text]) => `grep --quiet --fixed-strings '${line(text)}' ${path}`).join('; '),
    differs: [...places.map((path) => new RegExp(`^files ${path}: (mtime|size|sha256) `)), /^services nginx: read /],
    sameThing: true,
  }
}

/** A real server with TLS; the certificate is made there, because that of the pretended host is no file of the lab. */
const SITE = `
mkdir --parents --mode=0710 /etc/ssl/erp/private
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 90 -subj /CN=erp.example.test \\
  -addext subjectAltName=DNS:erp.example.test -keyout ${KEY} -out ${CERTIFICATE}
chmod 0640 ${KEY}
printf 'server { listen 443 ssl; ssl_certificate ${CERTIFICATE}; ssl_certificate_key ${KEY}; }\\n' > /etc/nginx/conf.d/erp.conf
systemctl enable --quiet nginx.service
systemctl restart nginx.service`

const certificateReplace: Proved = {
  action: 'certificate.replace',
  notes: [
    'The stand-in service of `certificate.replace` on pretended hosts is compared by what it read last.',
    'The orders of its writes are not replayed: recorded hosts have no service manager. Its files are swapped and restored by the functions that `membership.revoke` uses, whose orders are.',
  ],
  people: [noteIn('/srv')],
  policy: { services: ['nginx.service'], files: [CERTIFICATE, KEY, BOTH, `${LIVE}/erp.crt`, `${LIVE}/erp.key`] },
  services: ['nginx'],
  reads: [CERTIFICATE, KEY, BOTH, `${ARCHIVE}/erp1.crt`, `${ARCHIVE}/erp1.key`],
  lab: [['sh', '-e', '-c', SITE]],
  settings: [
    {
      title: 'a certificate with a chain, and a key in another folder with an access list',
      things: host(
        { path: CERTIFICATE, text: chain },
        { path: KEY, text: erp.key, mode: 0o640, group: 1002, acl: 'user:1001:r' },
      ),
      params: named(CERTIFICATE, KEY),
      people: [renews({ [KEY]: renewed.key, [CERTIFICATE]: renewed.certificate }), noteIn('/etc/ssl/erp')],
    },
    {
      title: 'one file that holds both, of another owner, with an attribute',
      things: host({
        ...{ path: BOTH, text: `${erp.key}${chain}`, mode: 0o600, owner: 1001, group: 1002 },
        attributes: { 'user.origin': 'by hand' },
      }),
      params: named(BOTH, BOTH),
      people: [renews({ [BOTH]: `${renewed.key}${renewed.certificate}` }), noteIn('/etc/haproxy')],
    },
    {
      title: 'links to files of one folder, as certbot makes them',
      things: host(
        { path: `${ARCHIVE}/erp1.crt`, text: chain },
        { path: `${ARCHIVE}/erp1.key`, text: erp.key, mode: 0o600 },
        { path: `${LIVE}/erp.crt`, link: '../archive/erp1.crt' },
        { path: `${LIVE}/erp.key`, link: '../archive/erp1.key' },
      ),
      params: named(`${LIVE}/erp.crt`, `${LIVE}/erp.key`),
      people: [noteIn(ARCHIVE)],
    },
    {
      title: 'a certificate that has expired already',
      things: host({ path: CERTIFICATE, text: ended.certificate }, { path: KEY, text: ended.key, mode: 0o600 }),
      params: named(CERTIFICATE, KEY),
      refused: true,
    },
  ],
}

/** How it is proved: see `scripts/prove/proved.ts`. */
export const proofs: readonly Proved[] = [certificateReplace]
