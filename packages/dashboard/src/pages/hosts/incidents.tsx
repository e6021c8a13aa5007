import { Alert, List, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useIncidents } from '../../api/index.ts'
import { Moment, Said } from '../../components/index.ts'
import { recentIncidents } from './model.ts'

/** What should not have happened lately: cloned hosts, reused keys, facts that do not fit. */
export function Incidents() {
  const { data = [] } = useIncidents()
  const recent = recentIncidents(data, Date.now())
  if (recent.length === 0) return null
  return (
    <Alert color="orange" icon={<IconAlertTriangle />} title="Integrity alerts of the last week">
      <List size="sm" spacing={6}>
        {recent.map(({ key, name, kind, reason, atMs, times }) => (
          <List.Item key={key}>
            <Text span fw={600}>
              {name}
            </Text>
            {`: ${kind}${times > 1 ? ` (${times} times)` : ''}. `}
            <Said text={reason} /> <Moment ms={atMs} />
          </List.Item>
        ))}
      </List>
    </Alert>
  )
}
