import { Center, Container, Loader } from '@mantine/core'
import { Outlet } from 'react-router'
import { useSession } from '../api/index.ts'
import { Loaded } from '../components/index.ts'
import { LogInPage, NewPasswordPage } from '../pages/index.ts'

/** Nothing is shown to nobody: first the log-in, then a password of one's own, then the rest. */
export function SessionGate() {
  const session = useSession()
  if (session.isPending) {
    return (
      <Center h="100dvh">
        <Loader aria-label="Loading" />
      </Center>
    )
  }
  if (session.data === undefined) {
    return (
      <Container size="sm" py="xl" component="main">
        <Loaded query={session}>{() => null}</Loaded>
      </Container>
    )
  }
  if (session.data === null) return <LogInPage />
  return session.data.mustChangePassword ? <NewPasswordPage user={session.data.user} /> : <Outlet />
}
