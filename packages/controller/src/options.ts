import { fileURLToPath } from 'node:url'
import type { LevelWithSilent } from 'pino'

/** What a controller is started with. */
export interface ControllerOptions {
  /** Where everything is kept; made with mode 0700. */
  readonly dataFolder: string
  readonly host?: string
  /** 0: any free port. */
  readonly port?: number
  /** Files in PEM. Without them, a controller that other machines can reach makes a certificate authority of its own. */
  readonly tlsCertFile?: string
  readonly tlsKeyFile?: string
  /** The private authority that signed it, PEM: goes into enrolment tokens, so that agents trust it. */
  readonly tlsCaFile?: string
  /** More names and addresses for the certificate of the controller's own authority. */
  readonly tlsNames?: readonly string[]
  readonly drillsFolder?: string
  /** How browsers and agents reach this controller, when that is not how it listens (a proxy, a name). */
  readonly publicUrl?: string
  /** Reverse proxies on other machines whose `X-Forwarded-For` is believed: addresses or networks. */
  readonly trustProxy?: readonly string[]
  /** Webhooks may go to this machine itself. */
  readonly webhooksToLoopback?: boolean
  readonly dashboardFolder?: string
  readonly logLevel?: LevelWithSilent
}

/** Loopback: nothing listens to the network before somebody decides so. */
export const DEFAULT_HOST = '127.0.0.1'
/** Above 1024: the controller needs no privilege to listen there. */
export const DEFAULT_PORT = 8321

const fromRoot = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url))

/** The drills that come with the repository, and its built dashboard. */
export const DEFAULT_DRILLS = fromRoot('drills')
/** Where the build writes the dashboard. A controller without that folder serves its API only. */
export const DEFAULT_DASHBOARD = fromRoot('dist/dashboard')
