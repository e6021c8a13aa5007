/** What one attempt came to. `ran: false`: it could not be tried, which says nothing about the log-in. */
export type Attempt = { readonly ran: true; readonly ok: boolean; readonly why: string | null } | NotRun
interface NotRun {
  readonly ran: false
  readonly why: string
}
