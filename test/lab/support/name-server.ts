import type { LabHost } from '../../../scripts/lab/index.ts'

/** A name server of forty lines (RFC 1035): A records of a fixed list, nothing of any other type, no such name else. */
const SERVER = `import json, socket
zone = json.load(open("/etc/lab-names.json"))
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("0.0.0.0", 53))
while True:
    query, peer = server.recvfrom(512)
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1 : at + 1 + query[at]].decode())
        at += 1 + query[at]
    question, kind = query[12 : at + 5], query[at + 1 : at + 3]
    address = zone.get(".".join(labels).lower())
    found = address is not None and kind == b"\\x00\\x01"
    head = query[:2] + (b"\\x81\\x80" if address else b"\\x81\\x83") + b"\\x00\\x01" + (b"\\x00\\x01" if found else b"\\x00\\x00") + b"\\x00" * 4
    record = b"\\xc0\\x0c\\x00\\x01\\x00\\x01\\x00\\x00\\x00\\x05\\x00\\x04" + socket.inet_aton(address) if found else b""
    server.sendto(head + question + record, peer)
`
const UNIT =
  '[Service]\nExecStart=/usr/bin/python3 /usr/local/lib/lab-names.py\n[Install]\nWantedBy=multi-user.target\n'

/** Makes the host a name server for these names. */
export async function serveNames(host: LabHost, zone: Record<string, string>): Promise<void> {
  await host.writeFile('/etc/lab-names.json', JSON.stringify(zone))
  await host.writeFile('/usr/local/lib/lab-names.py', SERVER)
  await host.writeFile('/etc/systemd/system/lab-names.service', UNIT)
  await host.exec(['systemctl', 'daemon-reload'])
  await host.enable('lab-names')
}

/** Lets a host ask this name server, in a resolv.conf that a person wrote. */
export async function askNames(host: LabHost, server: LabHost, name: string): Promise<void> {
  await host.writeFile('/etc/resolv.conf', `# by hand\nnameserver ${server.address}\noptions timeout:1 attempts:1\n`)
  await host.waitUntil(['getent', 'ahostsv4', name])
}
