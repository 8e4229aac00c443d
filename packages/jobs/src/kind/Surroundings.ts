/** What a job may know of the machine and the person it runs for; its face says so once for a process. */
import type { Remotes } from "@ourclone/core/configuration/Remotes"
import type { Environment } from "@ourclone/core/machine/StandardPaths"
import type { WakeProgram } from "@ourclone/core/machine/WakeLock"
import * as Context from "effect/Context"
import * as Redacted from "effect/Redacted"

export interface Machine {
  /** Absolute folders; they need not exist. */
  readonly stateDirectory: string
  readonly cacheDirectory: string
  /** Of Postgres, as a URL: where the tasks of several machines are kept, rather than in the state's folder. */
  readonly database?: Redacted.Redacted | undefined
  readonly home: string
  /** What snapshots say made them: `ourclone 1.2.3`. */
  readonly program: string
  /** What programs of the system are started with; nothing where it is absent. */
  readonly environment?: Environment | undefined
  /** What delays the machine's shutdown while something would be lost from others' sight. */
  readonly delaysShutdown?: WakeProgram | undefined
}

export class ThisMachine extends Context.Service<ThisMachine, Machine>()("@ourclone/jobs/ThisMachine") {}

export type Surroundings = Remotes | ThisMachine

/** The variable that names `Machine.database`. */
export const databaseVariable = "OURCLONE_DATABASE"

export const databaseOf = (environment: Environment): Machine["database"] => {
  const url = environment[databaseVariable] ?? ""
  return url === "" ? undefined : Redacted.make(url, { label: databaseVariable })
}
