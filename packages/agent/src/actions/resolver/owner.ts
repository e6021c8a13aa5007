import { ChaosError } from '@chaos-lite/shared'
import type { NameServerManager } from '../../host/index.ts'
import { generatorOf } from '../generators/index.ts'
import { placeOf } from '../generators/places.ts'
import { refusalOf } from '../generators/refuse.ts'

/** Who writes `/etc/resolv.conf`: a person, or a program whose settings decide. */
export type Owner = 'person' | NameServerManager

/**
 * Who decides which name servers the host asks. `path` is where `/etc/resolv.conf` leads to.
 * @throws ChaosError where a program writes it whose settings cannot be changed and rolled back
 */
export function ownerOf(path: string, bytes: Uint8Array): Owner {
  const place = placeOf(path)
  if (place?.manager !== undefined) return place.manager
  const generator = generatorOf(bytes)
  if (place === null && generator === null) return 'person'
  if (place === null && generator?.name === 'NetworkManager') return 'NetworkManager'
  const instead = 'Use dns.block on this host instead'
  if (place === null && generator !== null) {
    throw refusalOf(path, { ...generator, advice: `${generator.advice}. ${instead}` })
  }
  const why = `${path} is written by ${place?.name}: a change would not last, and could not be rolled back with certainty`
  throw new ChaosError('cannot-restore', `${why}. ${instead}. Nothing was touched.`)
}
