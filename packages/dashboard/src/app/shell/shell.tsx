import { AppShell, Container } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useEffect } from 'react'
import { Outlet, ScrollRestoration, useLocation } from 'react-router'
import { LiveContext, useLiveStream } from '../../api/index.ts'
import { MainNav } from './main-nav.tsx'
import classes from './shell.module.css'
import { StopTriesNotice } from './stop-tries-notice.tsx'
import { StorageNotice } from './storage-notice.tsx'
import { StreamNotice } from './stream-notice.tsx'
import { TopBar } from './top-bar.tsx'
import { UnconfirmedNotice } from './unconfirmed-notice.tsx'

const CONTENT = 'content'

/** What is around every page: where one can go, and the button that stops everything. */
export function Shell() {
  const stream = useLiveStream()
  const [open, { toggle, close }] = useDisclosure()
  const { pathname } = useLocation()
  // biome-ignore lint/correctness/useExhaustiveDependencies: going somewhere closes the menu
  useEffect(() => close(), [pathname])
  return (
    <LiveContext value={stream}>
      <a href={`#${CONTENT}`} className={classes.skip}>
        Skip to the content
      </a>
      <AppShell
        header={{ height: 60 }}
        navbar={{ width: 260, breakpoint: 'md', collapsed: { mobile: !open, desktop: true } }}
        padding={{ base: 'sm', sm: 'lg' }}
      >
        <AppShell.Header className={classes.header}>
          <TopBar menuOpen={open} onMenu={toggle} />
        </AppShell.Header>
        {/* Outside the window while it is closed: the keyboard must not lead there either. */}
        <AppShell.Navbar p="md" aria-label="Main, small screens" inert={!open}>
          <MainNav direction="column" />
        </AppShell.Navbar>
        <AppShell.Main id={CONTENT} tabIndex={-1} className={classes.main}>
          <Container size={1240} px={0}>
            <StreamNotice />
            <StopTriesNotice />
            <StorageNotice />
            <UnconfirmedNotice />
            <Outlet />
          </Container>
        </AppShell.Main>
      </AppShell>
      <ScrollRestoration />
    </LiveContext>
  )
}
