import { Button, EmptyState, List, Paper } from '@mantine/core'
import { IconPlus, IconServer2 } from '@tabler/icons-react'

/** The first thing a new user sees here: what to do, in order. */
export function NoHosts({ onAdd }: { onAdd: (() => void) | null }) {
  return (
    <Paper withBorder p="xl">
      <EmptyState
        icon={<IconServer2 size={40} />}
        variant="light"
        title="No host is enrolled yet"
        description="An agent runs on each host that takes part in drills. It connects outward only, and rolls its host back by itself."
      >
        <List type="ordered" ta="start" size="sm" spacing={6} maw={520} mx="auto">
          <List.Item>
            Choose “Add a host” and give it labels, such as role: erp-primary. Drills choose hosts by labels.
          </List.Item>
          <List.Item>Copy the agent and its installer to that host, and type the command that is shown.</List.Item>
          <List.Item>
            Say in /etc/chaos-lite/policy.yaml on that host what may be drilled there. Until then it only looks.
          </List.Item>
        </List>
        {onAdd !== null && (
          <EmptyState.Actions>
            <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={onAdd}>
              Add a host
            </Button>
          </EmptyState.Actions>
        )}
      </EmptyState>
    </Paper>
  )
}
