import { formatDuration } from '@chaos-lite/shared'
import type { HostView } from '@chaos-lite/shared/api'
import { SimpleGrid } from '@mantine/core'
import { Moment, Panel } from '../../components/index.ts'
import { Fact } from './fact.tsx'

function journalText({ readable, open, stuck }: NonNullable<HostView['inventory']>['journal']): string {
  if (!readable) return 'cannot be read'
  if (open === 0 && stuck === 0) return 'empty: nothing is changed on this host'
  return `${open} undo records open, ${stuck} not rolled back`
}

/** What the agent says about its host. */
export function HostInventory({ host }: { host: HostView }) {
  const { inventory, enrolledMs, clockBoundMs, hostId } = host
  return (
    <Panel title="Inventory" hint="As the agent reports it.">
      <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} component="dl" m={0}>
        {inventory !== null && (
          <>
            <Fact name="System">{inventory.os}</Fact>
            <Fact name="Kernel">
              {inventory.kernel}, {inventory.arch}
            </Fact>
            <Fact name="Size">
              {inventory.cpus} processors, {(inventory.memoryBytes / 2 ** 30).toFixed(1)} GiB memory
            </Fact>
            <Fact name="Addresses">{inventory.addresses.join(', ') || 'none'}</Fact>
            <Fact name="Agent">{inventory.agentVersion}</Fact>
            <Fact name="Journal">{journalText(inventory.journal)}</Fact>
          </>
        )}
        <Fact name="Clock">
          {clockBoundMs === null ? 'not measured' : `known to ± ${formatDuration(clockBoundMs)} of the controller’s`}
        </Fact>
        <Fact name="Enrolled">
          <Moment ms={enrolledMs} />
        </Fact>
        <Fact name="Id">{hostId}</Fact>
      </SimpleGrid>
    </Panel>
  )
}
