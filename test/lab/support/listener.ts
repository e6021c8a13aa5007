import type { LabHost } from '../../../scripts/lab/index.ts'

const PORT = 4712
const SEEN = '/run/lab-listener.seen'
const PROGRAM = `import socket
server = socket.create_server(("0.0.0.0", ${PORT}))
while True:
    connection, peer = server.accept()
    with open("${SEEN}", "a") as seen: seen.write(connection.getsockname()[0] + "\\n")
    connection.close()
`

/** Something that waits on every address of a host and writes down on which one it was reached. */
export class Listener {
  readonly #host: LabHost

  private constructor(host: LabHost) {
    this.#host = host
  }

  static async on(host: LabHost): Promise<Listener> {
    await host.writeFile('/usr/local/lib/lab-listener.py', PROGRAM)
    const unit = '[Service]\nExecStart=/usr/bin/python3 /usr/local/lib/lab-listener.py\n'
    await host.writeFile('/etc/systemd/system/lab-listener.service', unit)
    await host.writeFile(SEEN, '')
    await host.exec(['systemctl', 'daemon-reload'])
    await host.exec(['systemctl', 'start', 'lab-listener'])
    const listener = new Listener(host)
    await host.waitUntil(['bash', '-c', listener.reach])
    // That was only this look.
    await listener.seen()
    return listener
  }

  /** A shell command that tries each address of the host, from wherever it is run. */
  get reach(): string {
    const tries = ['127.0.0.1', this.#host.address].map((to) => `echo > /dev/tcp/${to}/${PORT}`)
    return `set -e; ${tries.join('; ')}`
  }

  /** The addresses that it was reached at since this was last asked. */
  async seen(): Promise<string[]> {
    const found = (await this.#host.readFile(SEEN)).split('\n').filter((line) => line !== '')
    await this.#host.writeFile(SEEN, '')
    return [...new Set(found)].sort()
  }
}
