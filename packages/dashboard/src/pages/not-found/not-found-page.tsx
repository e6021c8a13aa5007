import { Anchor, Text } from '@mantine/core'
import { Link } from 'react-router'
import { Page } from '../../components/index.ts'

/** For addresses that no route matches. */
export function NotFoundPage() {
  return (
    <Page title="There is no such page">
      <Text>
        The address may be old. Go to the{' '}
        <Anchor component={Link} to="/runs">
          runs
        </Anchor>{' '}
        or the{' '}
        <Anchor component={Link} to="/hosts">
          hosts
        </Anchor>
        .
      </Text>
    </Page>
  )
}
