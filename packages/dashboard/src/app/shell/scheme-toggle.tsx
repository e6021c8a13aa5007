import { ActionIcon, type MantineColorScheme, Tooltip, useMantineColorScheme } from '@mantine/core'
import { IconDeviceDesktop, IconMoon, IconSun, type TablerIcon } from '@tabler/icons-react'

const NEXT: Readonly<Record<MantineColorScheme, { to: MantineColorScheme; label: string; Icon: TablerIcon }>> = {
  auto: { to: 'light', label: 'Colours follow the system; change to light', Icon: IconDeviceDesktop },
  light: { to: 'dark', label: 'Light colours; change to dark', Icon: IconSun },
  dark: { to: 'auto', label: 'Dark colours; follow the system again', Icon: IconMoon },
}

/** Follows the system by default. */
export function SchemeToggle() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const { to, label, Icon } = NEXT[colorScheme]
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" size="lg" onClick={() => setColorScheme(to)} aria-label={label}>
        <Icon size={20} />
      </ActionIcon>
    </Tooltip>
  )
}
