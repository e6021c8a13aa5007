import type { HostView } from '@chaos-lite/shared/api'
import { Stack, Table, Text, Title } from '@mantine/core'
import { Panel } from '../../components/panel.tsx'
import { ToneBadge } from '../../components/tone-badge.tsx'
import { byOffer, offerBadge } from './offer-words.ts'

const KINDS = [
  { kind: 'action', title: 'Failures it may start' },
  { kind: 'exercise', title: 'Exercises' },
  { kind: 'probe', title: 'Probes: these only look' },
] as const

/** What this host may do and what not, with the reason from its own policy or system. */
export function HostOffers({ host }: { host: HostView }) {
  return (
    <Panel
      title="What may be drilled here"
      hint="What the host can do, its agent finds out; what it may, /etc/chaos-lite/policy.yaml on the host decides. The controller cannot change it; putting back is always allowed."
    >
      {host.offers.length === 0 && <Text c="dimmed">The agent has not reported yet.</Text>}
      {KINDS.map(({ kind, title }) => {
        const offers = host.offers.filter((one) => one.kind === kind).sort(byOffer)
        if (offers.length === 0) return null
        return (
          <Stack key={kind} gap={4}>
            <Title order={3} size="h5">
              {title}
            </Title>
            <Table verticalSpacing={6} layout="fixed">
              <Table.Tbody>
                {offers.map((offer) => (
                  <Table.Tr key={offer.name}>
                    <Table.Td w={{ base: 150, sm: 220 }} style={{ verticalAlign: 'top' }}>
                      <Text size="sm" fw={600}>
                        {offer.name}
                      </Text>
                      <ToneBadge tone={offerBadge(offer).tone} size="sm">
                        {offerBadge(offer).label}
                      </ToneBadge>
                    </Table.Td>
                    <Table.Td className="wrap-anywhere" style={{ verticalAlign: 'top' }}>
                      <Text size="sm" {...(offer.offered ? {} : { c: 'dimmed' })}>
                        {offer.why}
                      </Text>
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Stack>
        )
      })}
    </Panel>
  )
}
