import { Button, Container, Stack, Title } from '@mantine/core'
import { useRouteError } from 'react-router'
import { ProblemAlert } from '../components/index.ts'

/** The page itself failed. What runs on the hosts does not depend on it. */
export function CrashPage() {
  const error = useRouteError()
  return (
    <Container size="sm" py="xl">
      <Stack>
        <Title order={1}>This page failed</Title>
        <ProblemAlert
          error={error}
          title="The dashboard has a fault. Running drills are not affected: hosts roll themselves back."
        />
        <Button w="fit-content" onClick={() => location.reload()}>
          Load the page again
        </Button>
      </Stack>
    </Container>
  )
}
