import type { LabHost } from '../../../scripts/lab/index.ts'

/** What somebody else does while a failure is in place, and what must then be true. */
export type Conflict = {
  what: string
  action: string
  params: object
  /** A shell script that the administrator, or another program, runs on the host. */
  theirs: string
  restoration: 'identical' | 'ours undone'
  /** In the sentences about what was kept; without it, nothing was. */
  kept?: RegExp
  /** Where the host must not look as if only they had been there: what they would have found without the failure. */
  alone?: string
  /** One of those that run at each change of the project; the others with `CHAOS_LITE_ALL_CONFLICTS=yes`. */
  always?: true
}

const entries = [{ name: 'erp.example.test', address: '192.0.2.7' }]
const hosts = { action: 'hosts.override', params: { entries } }
const service = { action: 'service.stop', params: { service: 'desk' } }
const permission = { action: 'permission.revoke', params: { path: '/srv/plans/wing.txt', account: 'anna' } }
const membership = { action: 'membership.revoke', params: { account: 'anna', group: 'release' } }
const quarantine = { action: 'data.quarantine', params: { folder: '/srv/data' } }

export const conflicts: readonly Conflict[] = [
  {
    ...hosts,
    what: 'lines before, inside and after our block',
    // The line that they put inside is the third of the file: behind the first two that are ours.
    theirs: `sed -i -e '1i 10.9.9.1 before' -e '2a 10.9.9.2 inside' /etc/hosts; echo '10.9.9.3 after' >>/etc/hosts`,
    alone: `sed -i -e '1i 10.9.9.1 before' -e '1i 10.9.9.2 inside' /etc/hosts; echo '10.9.9.3 after' >>/etc/hosts`,
    restoration: 'ours undone',
    kept: /their change was kept, only our part was taken out/,
    always: true,
  },
  {
    ...hosts,
    what: 'another file in the place of the hosts file',
    theirs: `echo '127.0.0.1 localhost fresh' >/etc/h; chmod 600 /etc/h; mv /etc/h /etc/hosts`,
    restoration: 'ours undone',
    kept: /nothing of ours was left in it/,
  },
  {
    ...hosts,
    what: 'security software that puts the usual file back',
    theirs: `cp --preserve=all /root/scene/etc/hosts /etc/h; touch /etc/h; mv /etc/h /etc/hosts`,
    // The very original is back: that they wrote the same bytes once more left nothing to keep.
    alone: 'true',
    restoration: 'identical',
  },
  {
    ...hosts,
    what: 'a link in the place of the hosts file, to a file that has our lines',
    theirs: `mv /etc/hosts /etc/hosts.real; echo '10.9.9.4 theirs' >>/etc/hosts.real; ln -s hosts.real /etc/hosts`,
    restoration: 'ours undone',
    kept: /link/,
    always: true,
  },
  {
    ...hosts,
    what: 'a link in the place of the hosts file, to the passwords of the host',
    theirs: `rm /etc/hosts; ln -s shadow /etc/hosts`,
    restoration: 'ours undone',
    kept: /link/,
  },
  {
    ...hosts,
    what: 'no hosts file any more',
    theirs: `rm /etc/hosts`,
    alone: 'true',
    restoration: 'identical',
    kept: /had been removed by somebody else; the original was restored/,
  },
  {
    ...hosts,
    what: 'another owner and mode',
    theirs: `chown anna:anna /etc/hosts; chmod 640 /etc/hosts`,
    restoration: 'ours undone',
    kept: /Mode, owner, ACL or attributes/,
  },
  {
    ...service,
    what: 'a service that was started again',
    theirs: `systemctl start desk`,
    restoration: 'identical',
    kept: /desk\.service had been started again already; its socket came back, so it was restarted/,
    alone: 'true',
  },
  {
    ...service,
    what: 'a service that was started, restarted and enabled',
    theirs: `systemctl start desk.socket; systemctl restart desk; systemctl enable --quiet desk`,
    restoration: 'ours undone',
    kept: /At boot, desk\.service is enabled now and was disabled/,
  },
  {
    ...service,
    what: 'a service that was stopped once more',
    theirs: `systemctl stop desk`,
    alone: 'true',
    restoration: 'identical',
  },
  {
    action: 'service.stop',
    params: { service: 'nginx' },
    what: 'a service that was disabled',
    theirs: `systemctl disable --quiet nginx`,
    // Without the failure it would still have to be stopped to be down: disabling it says that it should be.
    alone: `systemctl disable --quiet --now nginx`,
    restoration: 'ours undone',
    kept: /nginx\.service is disabled now, by somebody else: it was not started again/,
  },
  {
    action: 'service.stop',
    params: { service: 'nginx' },
    what: 'a service that was masked',
    theirs: `systemctl mask --quiet nginx`,
    alone: `systemctl mask --quiet --now nginx`,
    restoration: 'ours undone',
    kept: /nginx\.service is masked now, by somebody else: it was not started again/,
    always: true,
  },
  {
    ...service,
    what: 'a service that was removed',
    theirs: `rm /etc/systemd/system/desk.*; systemctl daemon-reload`,
    alone: `systemctl stop desk.socket desk; rm /etc/systemd/system/desk.*; systemctl daemon-reload`,
    restoration: 'ours undone',
    kept: /desk\.service is removed now/,
  },
  {
    ...permission,
    what: 'other rules and another owner',
    theirs: `setfacl -m u:bela:r,g:release:rw /srv/plans/wing.txt; chown bela /srv/plans/wing.txt`,
    restoration: 'ours undone',
    kept: /Changed by somebody else meanwhile and kept/,
    always: true,
  },
  {
    ...permission,
    what: 'another file of the same name',
    theirs: `echo new >/srv/plans/w; chmod 640 /srv/plans/w; mv /srv/plans/w /srv/plans/wing.txt`,
    restoration: 'ours undone',
    kept: /the very same file \(inode\)/,
  },
  {
    ...permission,
    what: 'no file any more',
    theirs: `rm /srv/plans/wing.txt`,
    restoration: 'ours undone',
    kept: /was removed by somebody else/,
  },
  {
    ...membership,
    what: 'a member who was added again',
    theirs: `gpasswd -a anna release; groupadd --gid 5000 fresh`,
    restoration: 'ours undone',
    kept: /nothing of ours was left in it/,
    // Already a member, so that gpasswd changes nothing; the administrator's own order of the members stays.
    alone: `gpasswd -d anna release; gpasswd -a anna release; groupadd --gid 5000 fresh`,
  },
  {
    ...membership,
    what: 'a group that was removed',
    theirs: `groupdel release`,
    restoration: 'ours undone',
    kept: /nothing of ours was left in it/,
  },
  {
    ...membership,
    what: 'an account that was removed',
    theirs: `userdel anna`,
    restoration: 'ours undone',
    kept: /The account anna was removed meanwhile/,
    always: true,
  },
  {
    ...quarantine,
    what: 'a folder that an application made anew',
    theirs: `mkdir /srv/data; echo new >/srv/data/order.txt`,
    alone: `true`,
    restoration: 'ours undone',
    kept: /was kept as \/srv\/data\.kept-/,
    always: true,
  },
  {
    ...quarantine,
    what: 'a file put into the folder while it was aside',
    theirs: `echo new >"$(echo /srv/data.chaos-lite-*)/new.txt"`,
    alone: `echo new >/srv/data/new.txt`,
    restoration: 'ours undone',
    kept: /times of \/srv\/data were changed by somebody else/,
  },
  {
    action: 'data.quarantine',
    params: { folder: '/srv/small/data' },
    what: 'a file system that was filled to the last byte',
    // Later than the tick of the kernel's clock, by which our own step is known.
    theirs: `sleep 0.1; dd if=/dev/zero of=/srv/small/fill bs=64k status=none 2>/dev/null; true`,
    restoration: 'ours undone',
    kept: /changed what lies in \/srv\/small/,
  },
]

const UNIT = `[Service]
ExecStart=/bin/sleep infinity
[Install]
WantedBy=multi-user.target
`
const SOCKET = `[Socket]
ListenStream=/run/desk.sock
[Install]
WantedBy=sockets.target
`

/** Rolls everything back that a conflict may have touched, from a copy that was made in the beginning. */
const RESET = `set -e
systemctl unmask --quiet desk nginx
systemctl stop --quiet desk.socket desk 2>/dev/null || true
rm -rf /srv/data /srv/data.* /srv/plans /etc/hosts /etc/hosts.real /srv/small/fill
for file in hosts group gshadow passwd shadow systemd/system/desk.service systemd/system/desk.socket; do
  cp --preserve=all --remove-destination "/root/scene/etc/$file" "/etc/$file"
done
cp --preserve=all --recursive /root/scene/srv/. /srv/
systemctl daemon-reload
systemctl disable --quiet desk
systemctl enable --quiet nginx
systemctl start nginx desk.socket desk
`

/** The scene of all conflicts, and a copy of it outside of what a manifest reads. */
export async function setConflictScene(host: LabHost): Promise<void> {
  await host.writeFile('/srv/data/order.txt', 'one\n')
  await host.writeFile('/srv/plans/wing.txt', 'two\n', 0o640)
  await host.writeFile('/etc/systemd/system/desk.service', UNIT)
  await host.writeFile('/etc/systemd/system/desk.socket', SOCKET)
  await host.enter(['setfacl', '-m', 'u:anna:rw', '/srv/plans/wing.txt'])
  await host.exec(['systemctl', 'daemon-reload'])
  const copy = `set -e
mkdir -p /srv/small; mount -t tmpfs -o size=512k tmpfs /srv/small; mkdir /srv/small/data; echo three >/srv/small/data/a
mkdir -p /root/scene/etc/systemd/system /root/scene/srv
cp --preserve=all /etc/hosts /etc/group /etc/gshadow /etc/passwd /etc/shadow /root/scene/etc/
cp --preserve=all /etc/systemd/system/desk.* /root/scene/etc/systemd/system/
cp --preserve=all --recursive /srv/data /srv/plans /root/scene/srv/`
  await host.exec(['sh', '-c', copy])
  await resetScene(host)
}

export async function resetScene(host: LabHost): Promise<void> {
  await host.exec(['sh', '-c', RESET])
}
