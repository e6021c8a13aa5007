import { Button, Modal } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconHandStop } from '@tabler/icons-react'
import { useMay, useStopAll } from '../../api/index.ts'
import { StopEverythingAsk } from './stop-everything-ask.tsx'
import { StopEverythingState } from './stop-everything-state.tsx'

/** The one button: stops and rolls back everything, and shows every host until the last one has confirmed. */
export function StopEverything() {
  const [open, { open: show, close }] = useDisclosure()
  const stop = useStopAll()
  const may = useMay('operator')
  if (!may) return null
  // Closing the window does not call back what was asked for; opening it again asks anew only when that is over.
  const ask = () => {
    if (!stop.isPending) stop.reset()
    show()
  }
  return (
    <>
      <Button
        color="red"
        variant="light"
        px={{ base: 10, sm: 'md' }}
        leftSection={<IconHandStop size={18} aria-hidden />}
        onClick={ask}
      >
        Stop everything
      </Button>
      <Modal opened={open} onClose={close} title="Stop everything" size="lg">
        {stop.isSuccess ? <StopEverythingState /> : <StopEverythingAsk stop={stop} onCancel={close} />}
      </Modal>
    </>
  )
}
