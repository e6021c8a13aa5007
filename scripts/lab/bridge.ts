import { run } from './run.ts'

/** The network of lab number N: bridge `clabN`, 10.77.N.0/24, the machine at .1 and the hosts from .11 on. */
export type Network = { bridge: string; address: string; prefixLength: number; hostAddress(index: number): string }

/** The network that belongs to a lab's number. */
export function networkOf(slot: number): Network {
  return {
    bridge: `clab${slot}`,
    address: `10.77.${slot}.1`,
    prefixLength: 24,
    hostAddress: (index) => `10.77.${slot}.${11 + index}`,
  }
}

/** Makes the bridge; one left over from an earlier lab is replaced. */
export async function bridgeUp(network: Network): Promise<void> {
  await bridgeDown(network)
  await run(['ip', 'link', 'add', network.bridge, 'type', 'bridge'])
  await run(['ip', 'address', 'add', `${network.address}/${network.prefixLength}`, 'dev', network.bridge])
  await run(['ip', 'link', 'set', network.bridge, 'up'])
}

/** Removes the bridge, if it is there. */
export async function bridgeDown(network: Network): Promise<void> {
  await run(['ip', 'link', 'delete', network.bridge], { check: false })
}
