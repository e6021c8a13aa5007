import { Tooltip } from '@mantine/core'
import type { ReactNode } from 'react'

const EVENTS = { hover: true, focus: true, touch: true } as const

/** Text with more behind it: it shows when the text is pointed at, pressed on a phone, or reached by keyboard. */
export function Hinted({
  hint,
  dateTime,
  children,
}: {
  hint: string
  dateTime?: string | undefined
  children: ReactNode
}) {
  const Tag = dateTime === undefined ? 'span' : 'time'
  return (
    <Tooltip label={hint} events={EVENTS} multiline maw={360}>
      <Tag {...(dateTime === undefined ? {} : { dateTime })} className="numbers hinted" tabIndex={0}>
        {children}
      </Tag>
    </Tooltip>
  )
}
