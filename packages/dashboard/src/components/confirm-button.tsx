import { Button, type ButtonProps } from '@mantine/core'
import { useEffect, useState } from 'react'

const ARMED_MS = 6_000

interface ConfirmButtonProps extends ButtonProps {
  readonly label: string
  readonly confirm: string
  readonly onConfirm: () => void
}

/** A button that asks once more in its own place: the second press does it, and after some seconds it forgets. */
export function ConfirmButton({ label, confirm, onConfirm, ...button }: ConfirmButtonProps) {
  const [armed, setArmed] = useState(false)
  useEffect(() => {
    if (!armed) return
    const timer = setTimeout(() => setArmed(false), ARMED_MS)
    return () => clearTimeout(timer)
  }, [armed])
  const press = () => {
    if (armed) onConfirm()
    setArmed(!armed)
  }
  return (
    <Button
      {...button}
      onClick={press}
      onKeyDown={(event) => event.key === 'Escape' && setArmed(false)}
      {...(armed ? { variant: 'filled', color: 'red.9' } : {})}
    >
      <span aria-live="assertive">{armed ? confirm : label}</span>
    </Button>
  )
}
