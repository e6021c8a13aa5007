import { ActionIcon, Menu } from '@mantine/core'
import { IconLogout, IconUser, IconWebhook } from '@tabler/icons-react'
import { Link } from 'react-router'
import { useLogOut, useMay, useSession, useStreamStatus } from '../../api/index.ts'
import classes from './shell.module.css'

const STATUS = { open: 'Live', lost: 'Not live: reconnecting', connecting: 'Connecting', closed: 'Not live' } as const

/** Who is logged in, for which companies, and whether the page is live. */
export function UserMenu() {
  const { data } = useSession()
  const status = useStreamStatus()
  const logOut = useLogOut()
  const may = useMay('administrator')
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`User ${data?.user ?? ''}`}>
          <IconUser size={20} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {data?.user}, {data?.role}
        </Menu.Label>
        <Menu.Label>{data?.clients.map((one) => one.name).join(', ')}</Menu.Label>
        <Menu.Label>
          <span className={classes.dot} data-status={status} style={{ display: 'inline-block', marginInlineEnd: 8 }} />
          {STATUS[status]}
        </Menu.Label>
        <Menu.Divider />
        {may && (
          <Menu.Item component={Link} to="/webhooks" leftSection={<IconWebhook size={16} />}>
            Webhooks
          </Menu.Item>
        )}
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => logOut.mutate()}>
          Log out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
