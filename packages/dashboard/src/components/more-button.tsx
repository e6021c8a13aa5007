import { Button, Group, Text } from '@mantine/core'

interface More {
  readonly shown: number
  /** As the controller counts: `10000+` when there are more. */
  readonly total: string
  /** What is counted, in the plural. */
  readonly things: string
  readonly query: { readonly hasNextPage: boolean; readonly isFetchingNextPage: boolean; fetchNextPage(): unknown }
}

/** How much of a list is shown, and the next page of it. */
export function MoreButton({ shown, total, things, query }: More) {
  return (
    <Group justify="space-between">
      <Text size="sm" c="dimmed" role="status">
        {shown} of {total} {things}
      </Text>
      {query.hasNextPage && (
        <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          Show more
        </Button>
      )}
    </Group>
  )
}
