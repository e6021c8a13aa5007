import { Button, SimpleGrid, Text, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPlus, IconSearch } from '@tabler/icons-react'
import { useSearchParams } from 'react-router'
import { useHosts } from '../../api/hosts.ts'
import { useMay } from '../../api/session.ts'
import { Loaded } from '../../components/loaded.tsx'
import { Page } from '../../components/page.tsx'
import { AddHost } from './add-host.tsx'
import { HostCard } from './host-card.tsx'
import { Incidents } from './incidents.tsx'
import { shownHosts } from './model.ts'
import { NoHosts } from './no-hosts.tsx'

export function HostsPage() {
  const hosts = useHosts()
  const mayAdd = useMay('administrator')
  const [adding, add] = useDisclosure()
  const [search, setSearch] = useSearchParams()
  const typed = search.get('q') ?? ''
  return (
    <Page
      title="Hosts"
      intro="Machines with an agent. What may be drilled on a host is decided by the policy file on that host, not here."
      actions={
        mayAdd && (
          <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={add.open}>
            Add a host
          </Button>
        )
      }
    >
      <AddHost opened={adding} onClose={add.close} />
      <Loaded query={hosts}>
        {(all) =>
          all.length === 0 ? (
            <NoHosts onAdd={mayAdd ? add.open : null} />
          ) : (
            <>
              <Incidents hosts={all} />
              <TextInput
                aria-label="Find hosts"
                placeholder="Find by name, label, system, address"
                leftSection={<IconSearch size={16} aria-hidden />}
                maw={420}
                value={typed}
                onChange={(event) =>
                  setSearch(event.currentTarget.value ? { q: event.currentTarget.value } : {}, { replace: true })
                }
              />
              <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
                {shownHosts(all, typed).map((host) => (
                  <HostCard key={host.hostId} host={host} />
                ))}
              </SimpleGrid>
              {shownHosts(all, typed).length === 0 && <Text c="dimmed">No host matches “{typed}”.</Text>}
            </>
          )
        }
      </Loaded>
    </Page>
  )
}
