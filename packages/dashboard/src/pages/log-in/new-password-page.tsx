import { Button, PasswordInput, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useLogOut, useSetPassword } from '../../api/session.ts'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { LogInCard } from './card.tsx'

const LEAST = 12

function mistakeOf(next: string, again: string): string | null {
  if (next !== '' && next.length < LEAST) return `At least ${LEAST} characters; a short sentence is good.`
  return again !== '' && next !== again ? 'The two are not the same.' : null
}

/** The one-time password opens nothing but this page. */
export function NewPasswordPage({ user }: { user: string }) {
  const setPassword = useSetPassword()
  const logOut = useLogOut()
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const [again, setAgain] = useState('')
  const mistake = mistakeOf(next, again)
  return (
    <LogInCard title="Choose your own password" intro={`The one-time password of ${user} works only once.`}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (mistake === null) setPassword.mutate({ current, next })
        }}
      >
        <Stack>
          {setPassword.isError && <ProblemAlert error={setPassword.error} title="The password was not changed" />}
          <PasswordInput
            label="One-time password"
            autoComplete="current-password"
            required
            autoFocus
            value={current}
            onChange={(event) => setCurrent(event.currentTarget.value)}
          />
          <PasswordInput
            label="New password"
            autoComplete="new-password"
            description={`At least ${LEAST} characters.`}
            required
            minLength={LEAST}
            value={next}
            onChange={(event) => setNext(event.currentTarget.value)}
          />
          <PasswordInput
            label="New password again"
            autoComplete="new-password"
            required
            value={again}
            onChange={(event) => setAgain(event.currentTarget.value)}
          />
          <Text size="sm" c="red" role="status" mih={20}>
            {mistake}
          </Text>
          <Button type="submit" loading={setPassword.isPending} disabled={mistake !== null} fullWidth>
            Set password
          </Button>
          <Button variant="subtle" color="gray" onClick={() => logOut.mutate()}>
            Log out
          </Button>
        </Stack>
      </form>
    </LogInCard>
  )
}
