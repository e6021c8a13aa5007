import { Anchor, Box, Burger, Group } from '@mantine/core'
import { Link } from 'react-router'
import { Brand } from '../../components/index.ts'
import { MainNav } from './main-nav.tsx'
import { SchemeToggle } from './scheme-toggle.tsx'
import classes from './shell.module.css'
import { StopEverything } from './stop-everything.tsx'
import { UserMenu } from './user-menu.tsx'

/** The bar above every page. The button that stops everything stands in it at every width of the window. */
export function TopBar({ menuOpen, onMenu }: { menuOpen: boolean; onMenu: () => void }) {
  return (
    <Group h="100%" px={{ base: 'sm', sm: 'lg' }} justify="space-between" wrap="nowrap" gap="xs">
      <Group gap="md" wrap="nowrap">
        <Burger
          hiddenFrom="md"
          size="sm"
          className={classes.tap ?? ''}
          opened={menuOpen}
          onClick={onMenu}
          aria-label="Menu"
          aria-expanded={menuOpen}
        />
        <Anchor
          component={Link}
          to="/runs"
          underline="never"
          c="inherit"
          className={classes.tap ?? ''}
          aria-label="Chaos Lite, to the runs"
        >
          <Brand short />
        </Anchor>
        <Box component="nav" visibleFrom="md" aria-label="Main">
          <MainNav direction="row" />
        </Box>
      </Group>
      <Group gap={6} wrap="nowrap">
        <StopEverything />
        <SchemeToggle />
        <UserMenu />
      </Group>
    </Group>
  )
}
