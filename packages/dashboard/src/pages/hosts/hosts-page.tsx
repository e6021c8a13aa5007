import { Button, SimpleGrid, Text, TextInput } from '@mantine/core'
import { useDebouncedValue, useDisclosure } from '@mantine/hooks'
import { IconPlus, IconSearch } from '@tabler/icons-react'
import { useSearchParams } from 'react-router'
import { useHostPages, useMay } from '../../api/index.ts'
import { Loaded, MoreButton, Page } from '../../components/index.ts'
import { AddHost } from './add-host.tsx'
import { HostCard } from './host-card.tsx'
import { Incidents } from './incidents.tsx'
import { NoHosts } from './no-hosts.tsx'

const TYPING_MS = 250

/** The page `/hosts`. The search text is kept in the address (`q`), so that a copied address shows the same hosts. */
export function HostsPage() {
  const [search, setSearch] = useSearchParams()
  const typed = search.get('q') ?? ''
  const [text] = useDebouncedValue(typed, TYPING_MS)
  const hosts = useHostPages(text)
  const mayAdd = useMay('administrator')
  const [adding, add] = useDisclosure()
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
      {/* Also where no host is left: the store may have been restored from a backup without any. */}
      <Incidents />
      <Loaded query={hosts}>
        {({ pages }) => {
          const shown = pages.flatMap(({ items }) => items)
          if (shown.length === 0 && typed === '' && text === '') return <NoHosts onAdd={mayAdd ? add.open : null} />
          return (
            <>
              <TextInput
                aria-label="Find hosts"
                placeholder="Find by name, label, system, address, state"
                leftSection={<IconSearch size={16} aria-hidden />}
                maw={420}
                value={typed}
                onChange={(event) =>
                  setSearch(event.currentTarget.value ? { q: event.currentTarget.value } : {}, { replace: true })
                }
              />
              <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
                {shown.map((host) => (
                  <HostCard key={host.hostId} host={host} />
                ))}
              </SimpleGrid>
              {shown.length === 0 ? (
                <Text c="dimmed">No host matches “{text}”.</Text>
              ) : (
                <MoreButton shown={shown.length} total={pages[0]?.total ?? ''} things="hosts" query={hosts} />
              )}
            </>
          )
        }}
      </Loaded>
    </Page>
  )
}
