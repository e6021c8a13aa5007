import type { LabHost } from '../../../scripts/lab/index.ts'

const RECEIVED = '/var/lib/lab-printer/received'

const SOCKET = '[Socket]\nListenStream=9100\nAccept=yes\n[Install]\nWantedBy=sockets.target\n'
const SERVICE = `[Service]\nExecStart=tee --append ${RECEIVED}\nStandardInput=socket\nStandardOutput=null\nStateDirectory=lab-printer\n`

/** CUPS's own back end for port 9100 comes with 57 packages of fonts and filters; this one does the same in three lines. */
const BACKEND = `#!/bin/bash
[ $# -gt 0 ] || { echo 'network socket "Unknown" "Raw TCP"'; exit 0; }
address=\${DEVICE_URI#socket://}
exec cat "\${6:--}" > "/dev/tcp/\${address%%:*}/\${address##*:}"
`

/** Makes the host a label printer: whatever arrives at port 9100 is "printed". */
export async function servePrinter(host: LabHost): Promise<void> {
  await host.writeFile('/etc/systemd/system/lab-printer.socket', SOCKET)
  await host.writeFile('/etc/systemd/system/lab-printer@.service', SERVICE)
  await host.exec(['systemctl', 'daemon-reload'])
  await host.enable('lab-printer.socket')
}

/** What the printer has printed so far. */
export async function printed(host: LabHost): Promise<string> {
  return (await host.enter(['cat', RECEIVED], { check: false })).stdout
}

/** Starts CUPS with one raw queue that sends to the printer at `address`. */
export async function serveQueue(host: LabHost, queue: string, address: string): Promise<void> {
  await host.writeFile('/usr/lib/cups/backend/socket', BACKEND, 0o755)
  for (const unit of ['cups.socket', 'cups.path', 'cups.service']) await host.enable(unit)
  await host.waitUntil(['lpstat', '-r'])
  await host.exec(['lpadmin', '-p', queue, '-E', '-v', `socket://${address}:9100`, '-m', 'raw'])
  await host.exec(['systemctl', 'restart', 'cups']) // it writes its queues to disk when it stops
  await host.waitUntil(['lpstat', '-r'])
}

/** Sends a text to a queue. */
export async function printText(host: LabHost, queue: string, text: string): Promise<void> {
  await host.exec(['lp', '-d', queue], { input: text })
}

/** Starts CUPS so that workstations reach it at port 631, with one queue that prints nowhere. */
export async function shareQueue(host: LabHost): Promise<void> {
  const config = await host.readFile('/etc/cups/cupsd.conf')
  const shared = config.replace('Listen localhost:631', 'Port 631').replaceAll('Order allow,deny', 'Allow all')
  await host.writeFile('/etc/cups/cupsd.conf', shared)
  for (const unit of ['cups.socket', 'cups.path', 'cups.service']) await host.enable(unit)
  await host.waitUntil(['lpstat', '-r'])
}
