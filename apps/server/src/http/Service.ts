/** What the handlers of the API work with. */
import type { Remotes } from "@ourclone/core/configuration/Remotes"
import type { Surroundings } from "@ourclone/core/configuration/Secret"
import type { TaskHost } from "@ourclone/tasks/host/TaskHost"
import type { TaskError } from "@ourclone/tasks/store/TaskError"
import type { TaskStore } from "@ourclone/tasks/store/TaskStore"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Attempts from "../access/Attempts.ts"
import type * as Audit from "../access/Audit.ts"
import type * as People from "../access/People.ts"
import type * as SetUp from "../access/SetUp.ts"
import { NotNow, NotThere, Unavailable } from "../api/Problem.ts"
import type { AboutAnswer } from "../api/settings/SettingsGroup.ts"
import type { PlaceGuard } from "../places/PlaceGuard.ts"
import type { SideProcess } from "../side/SideProcess.ts"
import type { ServiceSettings } from "../state/Settings.ts"

export interface ServiceShape {
  readonly people: People.People
  readonly attempts: Attempts.Attempts
  readonly audit: Audit.Audit
  readonly setUp: SetUp.SetUp
  readonly settings: ServiceSettings
  readonly tasks: TaskStore
  readonly host: TaskHost
  readonly remotes: Remotes["Service"]
  readonly side: SideProcess
  readonly guard: PlaceGuard
  readonly about: Omit<AboutAnswer, "warnings">
  /** Folders that callers may use, and what of them is the service's own. */
  readonly roots: { readonly roots: ReadonlyArray<string>; readonly closed: ReadonlyArray<string> }
  /** How long a file that is uploaded may stand still, and how long the body of any other request may take in all. */
  readonly patienceMillis: number
  /** Ends what streams, when the service stops. */
  readonly stopping: AbortSignal
  readonly clock: () => number
  /** Where references of the configuration lead; nowhere when absent. */
  readonly surroundings: Surroundings | undefined
  /** What this machine is called, where others share its tasks and schedules. */
  readonly sharedAs: string | undefined
}

export class Service extends Context.Service<Service, ServiceShape>()("@ourclone/server/Service") {}

/** What the database or the journal could not do. */
export const ofTaskError = (error: TaskError): NotThere | NotNow | Unavailable => {
  const { reason } = error
  const fields = { code: reason._tag, detail: reason.message }
  if (reason._tag === "NoTask" || reason._tag === "NoSchedule") return new NotThere(fields)
  const isNotNow = reason._tag === "NotNow" || reason._tag === "LeaseLost" || reason._tag === "ScheduleExists"
  return isNotNow ? new NotNow(fields) : new Unavailable(fields)
}

/** Of what only reads, or makes what is not there yet. */
export const reading = (error: TaskError): NotThere | Unavailable => {
  const problem = ofTaskError(error)
  return problem._tag === "NotNow" ? new Unavailable({ code: problem.code, detail: problem.message }) : problem
}
const unavailable = (error: unknown): Unavailable =>
  new Unavailable({ code: "StateUnavailable", detail: error instanceof Error ? error.message : String(error) })

/** Reads or writes the service's own database. */
export const kept = <A>(work: () => A): Effect.Effect<A, Unavailable> => Effect.try({ try: work, catch: unavailable })
