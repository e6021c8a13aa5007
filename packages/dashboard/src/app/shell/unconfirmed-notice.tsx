import { Alert, List, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useMay, useStopAllView } from '../../api/index.ts'
import { Said } from '../../components/index.ts'
import { STOP_STATE, unconfirmed } from './stop-words.ts'

/** On every page, in red, for as long as a host has not confirmed since everything was stopped. */
export function UnconfirmedNotice() {
  const may = useMay('operator')
  const { data } = useStopAllView(may)
  const hosts = unconfirmed(data)
  return (
    <div aria-live="polite">
      {hosts.length > 0 && (
        <Alert
          color="red"
          icon={<IconAlertTriangle />}
          mb="md"
          title={`Everything was stopped; not confirmed yet by ${hosts.length === 1 ? 'one host' : `${hosts.length} hosts`}`}
        >
          <List>
            {hosts.map((host) => (
              <List.Item key={`${host.hostId} ${host.runId}`}>
                <Text span fw={600}>
                  {host.name}
                </Text>
                {`: ${STOP_STATE[host.state].label}. `}
                <Said text={host.detail} />
              </List.Item>
            ))}
          </List>
        </Alert>
      )}
    </div>
  )
}
