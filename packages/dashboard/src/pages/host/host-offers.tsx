import type { HostView } from '@chaos-lite/shared/api'
import { Flex, Group, List, Stack, Text, Title } from '@mantine/core'
import { Panel, ToneBadge } from '../../components/index.ts'
import { byOffer, offerBadge } from './offer-words.ts'

const KINDS = [
  { kind: 'action', title: 'Failures it may start' },
  { kind: 'exercise', title: 'Exercises' },
  { kind: 'probe', title: 'Probes: these only look' },
] as const

/** On a phone the reason stands below the name: beside it, each word of a command would get a line of its own. */
function Offer({ offer }: { offer: HostView['offers'][number] }) {
  const { tone, label } = offerBadge(offer)
  return (
    <Flex direction={{ base: 'column', sm: 'row' }} gap={{ base: 4, sm: 'md' }}>
      <Group w={{ base: '100%', sm: 310 }} gap={6} justify="space-between" style={{ flexShrink: 0 }}>
        <Text size="sm" fw={600}>
          {offer.name}
        </Text>
        <ToneBadge tone={tone} size="sm">
          {label}
        </ToneBadge>
      </Group>
      <Text size="sm" {...(offer.offered ? {} : { c: 'dimmed' })}>
        {offer.why}
      </Text>
    </Flex>
  )
}

/** What this host may do and what not, with the reason from its own policy or system. */
export function HostOffers({ host }: { host: HostView }) {
  return (
    <Panel
      title="What may be drilled here"
      hint="What the host can do, its agent finds out; what it may, /etc/chaos-lite/policy.yaml on the host decides. The controller cannot change it; rolling back is always allowed."
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
            <List listStyleType="none" spacing="sm">
              {offers.map((offer) => (
                <List.Item key={offer.name} styles={{ itemWrapper: { width: '100%' }, itemLabel: { width: '100%' } }}>
                  <Offer offer={offer} />
                </List.Item>
              ))}
            </List>
          </Stack>
        )
      })}
    </Panel>
  )
}
