import { type Message, saying } from '@chaos-lite/shared/words'
import { type ServiceUndo, startOrder } from './service-undo.ts'
import { words } from './words.en.ts'

/** Where the messages of this action stand in the catalogue. */
export const PLACE = 'action.service.stop'
const say = saying(PLACE, words)

/** The plan of a stop, message by message. */
export function explainStop(undo: ServiceUndo): readonly Message[] {
  const named = (role: string) => undo.units.filter((unit) => unit.role === role).map(({ name }) => name)
  const { manager, started = [], startedOnFailure = [] } = undo
  const [service = ''] = named('service')
  const triggers = named('trigger').filter((name) => !name.endsWith('.service'))
  const upholders = named('trigger').filter((name) => name.endsWith('.service'))
  const dependents = named('dependent')
  const [{ stopMs = 0, activeState = '' } = {}] = undo.units
  return [
    say('stopped', { service, manager }),
    say.about('idle', {}, { idle: activeState === 'active' ? 'no' : 'yes' }),
    ...(triggers.length === 0 ? [] : [say('triggers', { units: triggers })]),
    ...(upholders.length === 0 ? [] : [say('upholders', { units: upholders })]),
    ...(dependents.length === 0 ? [] : [say('dependents', { manager, units: dependents })]),
    ...(started.length === 0 ? [] : [say('started', { manager, units: started })]),
    ...(startedOnFailure.length === 0 ? [] : [say('startedOnFailure', { manager, units: startedOnFailure })]),
    say('others'),
    say('within', { seconds: Math.round(stopMs / 1000) }),
    say('rollback', { units: startOrder(undo).map(({ name }) => name) }),
  ]
}
