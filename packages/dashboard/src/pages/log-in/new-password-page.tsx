import { PasswordRequest } from '@chaos-lite/shared/api'
import { Button, PasswordInput, Stack } from '@mantine/core'
import { useState } from 'react'
import { useLogOut, useSetPassword } from '../../api/index.ts'
import { fieldMistakes, ProblemAlert, useFieldMistakes } from '../../components/index.ts'
import { LogInCard } from './card.tsx'

/** In the words of the controller; that both are the same is the business of this page alone. */
function mistakesOf(current: string, next: string, again: string): Readonly<Record<string, string>> {
  const found = fieldMistakes(PasswordRequest, { current, next })
  return next === again ? found : { ...found, again: 'Must be the same as the new password.' }
}

/** The one-time password opens nothing but this page. */
export function NewPasswordPage({ user }: { user: string }) {
  const setPassword = useSetPassword()
  const logOut = useLogOut()
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const [again, setAgain] = useState('')
  const { field, check } = useFieldMistakes(mistakesOf(current, next, again))
  return (
    <LogInCard title="Choose your own password" intro={`The one-time password of ${user} works only once.`}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          if (check(event.currentTarget)) setPassword.mutate({ current, next })
        }}
      >
        <Stack>
          {setPassword.isError && <ProblemAlert error={setPassword.error} title="The password was not changed" />}
          <PasswordInput
            {...field('current')}
            label="One-time password"
            autoComplete="current-password"
            required
            autoFocus
            value={current}
            onChange={(event) => setCurrent(event.currentTarget.value)}
          />
          <PasswordInput
            {...field('next')}
            label="New password"
            autoComplete="new-password"
            description="At least 12 characters. A short sentence is good."
            required
            value={next}
            onChange={(event) => setNext(event.currentTarget.value)}
          />
          <PasswordInput
            {...field('again')}
            label="New password again"
            autoComplete="new-password"
            required
            value={again}
            onChange={(event) => setAgain(event.currentTarget.value)}
          />
          <Button type="submit" loading={setPassword.isPending} fullWidth>
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
