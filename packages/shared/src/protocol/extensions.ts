import * as z from 'zod'

/**
 * Frames and fields that only one of two versions may know are sent only after both sides have named them. The agent names what it can
 * send in the version of its `hello`, as build metadata (Semantic Versioning 2.0.0, section 10): `0.1.0+hardware`. The
 * controller answers in its `welcome` with those that it understands. A controller that knows no extensions reads the version as text and
 * names none; an agent that knows none is sent a welcome without them. So neither side meets a key or a frame that it
 * would have to refuse. `hardware`: the frame of that name. `words`: answers and facts say with `said` and `messages` what
 * their texts mean.
 */
export const EXTENSIONS = ['hardware', 'words'] as const
/** One of `EXTENSIONS`; what a newer peer names besides is ignored. */
export type Extension = (typeof EXTENSIONS)[number]

/** Extensions as a welcome names them. Open, because a later version may know others. */
export const Extensions = z.array(z.string().regex(/^[a-z][a-z0-9-]{0,31}$/)).max(16)

/** The version of a `hello`, with what its agent can send beyond the frames of the subprotocol. */
export function versionWith(version: string, extensions: readonly Extension[]): string {
  return extensions.length === 0 ? version : `${version}+${extensions.join('.')}`
}

/** Those extensions of a `hello` that this version knows too. */
export function extensionsOf(version: string): readonly Extension[] {
  const [, metadata = ''] = version.split('+', 2)
  const named = metadata.split('.')
  return EXTENSIONS.filter((one) => named.includes(one))
}
