import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { names } from '../hosts/bench-hosts.ts'
import { monoMs } from '../statistics.ts'

const PLAYBOOK = `- hosts: all
  gather_facts: false
  tasks:
    - name: edit
      ansible.builtin.blockinfile:
        path: "{{ hosts_file }}"
        insertbefore: BOF
        block: "${names.after} ${names.name}"
    - name: check
      ansible.builtin.command: grep -qxF "${names.after} ${names.name}" "{{ hosts_file }}"
      changed_when: false
    - name: undo
      ansible.builtin.blockinfile:
        path: "{{ hosts_file }}"
        state: absent
    - name: check again
      ansible.builtin.command: cmp -s "{{ hosts_file }}.original" "{{ hosts_file }}"
      changed_when: false
`

/** A shim that is first in PATH, such as one of a version manager, makes each module of Ansible several times slower. */
const PYTHON = '/usr/bin/python3'

/** One host of the inventory: this machine, with a hosts file of its own. */
export function inventoryLine(number: number, file: string): string {
  return `bench-${number} ansible_connection=local ansible_python_interpreter=${PYTHON} hosts_file=${file}`
}

/**
 * The same on as many inventory hosts with the local connection. All hosts at once and no facts gathered; everything
 * else as it comes, unless `pipelining` is asked for. Milliseconds.
 */
export async function ansibleMs(folder: string, count: number, pipelining: boolean): Promise<number> {
  await mkdir(folder, { recursive: true })
  const bytes = `127.0.0.1 localhost\n${names.before} ${names.name}\n`
  const inventory: string[] = []
  for (let number = 1; number <= count; number += 1) {
    const file = join(folder, `hosts-${number}`)
    await writeFile(file, bytes)
    await writeFile(`${file}.original`, bytes)
    inventory.push(inventoryLine(number, file))
  }
  await writeFile(join(folder, 'inventory'), `${inventory.join('\n')}\n`)
  await writeFile(join(folder, 'playbook.yml'), PLAYBOOK)
  const settings = `[defaults]\nforks = ${count}\n[connection]\npipelining = ${pipelining ? 'True' : 'False'}\n`
  await writeFile(join(folder, 'ansible.cfg'), settings)
  const env = { ...process.env, ANSIBLE_CONFIG: join(folder, 'ansible.cfg'), ANSIBLE_LOCALHOST_WARNING: 'False' }
  const began = monoMs()
  await promisify(execFile)('ansible-playbook', ['-i', 'inventory', 'playbook.yml'], { cwd: folder, env })
  return monoMs() - began
}
