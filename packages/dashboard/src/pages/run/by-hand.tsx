import { type Run, restorationOfHost } from '@chaos-lite/shared'
import { Alert, Stack, Text } from '@mantine/core'
import { IconAlertOctagon } from '@tabler/icons-react'

/** What a person must do now, on hosts that could not be rolled back or that nobody is sure of. */
export function ByHand({ run }: { run: Run }) {
  const hosts = run.hosts
    .map((host) => ({ name: host.name, ...restorationOfHost(run, host.hostId) }))
    .filter((host) => host.restoration === 'stuck' || host.restoration === 'unknown')
  return hosts.map((host) => (
    <Alert
      key={host.hostId}
      color="red.9"
      variant="filled"
      role="alert"
      icon={<IconAlertOctagon />}
      title={
        host.restoration === 'stuck'
          ? `${host.name} is NOT rolled back. A person must act.`
          : `It is not known whether ${host.name} is rolled back. A person must look.`
      }
    >
      <Stack gap={6}>
        {host.byHand.map((text) => (
          <Text key={text} size="sm" style={{ whiteSpace: 'pre-wrap' }}>
            {text}
          </Text>
        ))}
        {host.compared
          .filter((one) => !one.same)
          .map((one) => (
            <Text key={one.item} size="sm">
              {one.item}: was {one.before}, is {one.now}.
            </Text>
          ))}
        <Text size="sm">
          The same steps lie in UNDO.txt in the journal on {host.name}. No new drill is started there until it is
          repaired.
        </Text>
      </Stack>
    </Alert>
  ))
}
