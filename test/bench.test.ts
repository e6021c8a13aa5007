import { describe, expect, test } from 'vitest'
import { inventoryLine } from '../scripts/bench/fleet/ansible.ts'

describe('the bench of a fleet', () => {
  test('gives Ansible the interpreter of the system, whatever is first in PATH', () => {
    expect(inventoryLine(1, '/tmp/hosts-1')).toBe(
      'bench-1 ansible_connection=local ansible_python_interpreter=/usr/bin/python3 hosts_file=/tmp/hosts-1',
    )
  })
})
