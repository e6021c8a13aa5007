import { Alert, Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useForgetEverything, useLogIn, useSessionEnded } from '../../api/index.ts'
import { ProblemAlert } from '../../components/index.ts'
import { LogInCard } from './card.tsx'

/** Shown in place of every page while nobody is logged in. It forgets all that an earlier user was shown. */
export function LogInPage() {
  const logIn = useLogIn()
  const ended = useSessionEnded()
  useForgetEverything()
  const [user, setUser] = useState('')
  const [password, setPassword] = useState('')
  useEffect(() => {
    document.title = 'Log in · Chaos Lite'
  }, [])
  return (
    <LogInCard title="Log in" intro="Small failure drills on real hosts, always rolled back.">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          logIn.mutate({ user, password })
        }}
      >
        <Stack>
          {ended && !logIn.isError && (
            <Alert color="orange" role="status" title="Your session has ended">
              Log in again. A one-time password that was not replaced ends when the controller is restarted: its output
              has the new one.
            </Alert>
          )}
          {logIn.isError && <ProblemAlert error={logIn.error} title="Login failed" />}
          <TextInput
            label="User"
            autoComplete="username"
            required
            autoFocus
            value={user}
            onChange={(event) => setUser(event.currentTarget.value)}
          />
          <PasswordInput
            label="Password"
            autoComplete="current-password"
            description="At the first start, the controller prints a one-time password for the user admin."
            required
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <Button type="submit" loading={logIn.isPending} fullWidth>
            Log in
          </Button>
        </Stack>
      </form>
    </LogInCard>
  )
}
