import { type HardwareFact, type HardwareView, hardwareFacts, NOT_KNOWN } from '@chaos-lite/shared/api'
import { SimpleGrid, Text } from '@mantine/core'
import { useHostHardware } from '../../api/index.ts'
import { Loaded, Moment, Panel } from '../../components/index.ts'
import { Fact } from './fact.tsx'

function Values({ values }: Pick<HardwareFact, 'values'>) {
  if (values === null) {
    return (
      <Text span size="sm" c="dimmed">
        {NOT_KNOWN}
      </Text>
    )
  }
  if (values.length === 0) return 'none'
  // Two devices may be described alike; their order does not change while the page is shown.
  return values.map((value, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: see above
    <Text key={index} size="sm" style={{ overflowWrap: 'anywhere' }}>
      {value}
    </Text>
  ))
}

/** What a host is made of. What its agent could not find out is shown as not known, never as zero. */
export function HardwareFacts({ hardware, reportedMs }: HardwareView) {
  return (
    <Panel
      title="Hardware"
      hint={
        reportedMs === null ? (
          'This agent has not reported its hardware.'
        ) : (
          <>
            Reported by the agent: <Moment ms={reportedMs} />
          </>
        )
      }
    >
      <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} component="dl" m={0}>
        {hardwareFacts(hardware).map(({ name, values }) => (
          <Fact key={name} name={name}>
            <Values values={values} />
          </Fact>
        ))}
      </SimpleGrid>
    </Panel>
  )
}

/** What a host is made of. It loads apart: an inventory is in the list, this is not. */
export function HostHardware({ hostId }: { hostId: string }) {
  return <Loaded query={useHostHardware(hostId)}>{(view) => <HardwareFacts {...view} />}</Loaded>
}
