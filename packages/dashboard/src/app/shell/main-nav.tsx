import { Flex } from '@mantine/core'
import { IconCalendarEvent, IconHistory, IconListCheck, IconServer2, type TablerIcon } from '@tabler/icons-react'
import { NavLink } from 'react-router'
import { useLiveRuns } from '../../api/index.ts'
import classes from './shell.module.css'

const PLACES: readonly { to: string; label: string; Icon: TablerIcon }[] = [
  { to: '/runs', label: 'Runs', Icon: IconHistory },
  { to: '/drills', label: 'Drills', Icon: IconListCheck },
  { to: '/hosts', label: 'Hosts', Icon: IconServer2 },
  { to: '/schedules', label: 'Schedules', Icon: IconCalendarEvent },
]

/** Where one can go. Beside the runs stands how many are under way. */
export function MainNav({ direction }: { direction: 'row' | 'column' }) {
  const live = useLiveRuns().data?.length ?? 0
  return (
    <Flex gap={4} direction={direction}>
      {PLACES.map(({ to, label, Icon }) => (
        <NavLink key={to} to={to} className={classes.link ?? ''}>
          <Icon size={18} aria-hidden />
          {label}
          {to === '/runs' && live > 0 && (
            <span className={classes.count} title={`${live} under way`}>
              {live}
            </span>
          )}
        </NavLink>
      ))}
    </Flex>
  )
}
