/*
 * What a person types to make a host known to a controller. Without imports: the part that talks to the network says it too.
 */

/** The command that enrols this host, whether it was enrolled before or not. */
export function enrolCommand(controllerUrl: string | null): string {
  return `chaos-lite-agent enrol --controller ${controllerUrl ?? 'URL'} --token-file FILE`
}

/** Where the token comes from, and what to do with it here. */
export function enrolAgain(controllerUrl: string | null): string {
  return `make a token at the controller ("chaos-lite token create"), then here, as root: ${enrolCommand(controllerUrl)}`
}
