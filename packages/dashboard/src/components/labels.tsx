import { type Labels as LabelsOf, labelPairs } from '@chaos-lite/shared'
import { Badge, Group } from '@mantine/core'

/** The labels of a host, such as `role: erp-primary`. */
export function Labels({ labels }: { labels: LabelsOf }) {
  return (
    <Group gap={6}>
      {labelPairs(labels).map(([name, value]) => (
        <Badge key={`${name} ${value}`} variant="default" tt="none" fw={500} radius="sm">
          {name}: {value}
        </Badge>
      ))}
    </Group>
  )
}
