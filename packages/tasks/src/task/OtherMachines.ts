/** What a machine can take off another one that shares its journal. */
import { Remotes } from "@ourclone/core/configuration/Remotes"
import { split } from "@ourclone/jobs/place/PlaceText"
import * as Effect from "effect/Effect"
import type { Task } from "./Task.ts"

/** Kinds that leave nothing on the machine where they ran. */
export const travelling = ["copy", "move", "sync", "check", "range"] as const
const needed = ["source", "destination"] as const
/** The fields of their requests that name places. */
export const places: ReadonlyArray<string> = [...needed, "backupDir", "compareDest", "copyDest"]
/** Remotes that are made of remotes. */
const mostLayers = 4

type Known = Remotes["Service"]

/** Whether `text` names what a remote of the configuration keeps elsewhere. */
const isAfar = Effect.fnUntraced(function* (
  remotes: Known,
  text: string,
  layers = mostLayers
): Effect.fn.Return<boolean> {
  const { prefix } = split(text)
  // A key that only the environment holds is of one machine.
  if (prefix === "" || prefix.endsWith("//") || layers === 0) return false
  const shown = yield* Effect.option(remotes.show(prefix))
  if (shown._tag === "None") return false
  const { options, type } = shown.value
  const factory = remotes.factories.find((one) => one.type === type)
  if (factory === undefined || type === "local") return false
  return factory.over === undefined ? true : yield* isAfar(remotes, options.remote ?? "", layers - 1)
})

/** Whether what it does is between storages that the configuration knows, and nothing in it of one machine, but for its hooks. */
export const mayTravel = Effect.fnUntraced(function* ({
  kind,
  request
}: Pick<Task, "kind" | "request">): Effect.fn.Return<boolean, never, Remotes> {
  if (!travelling.some((one) => one === kind) || typeof request !== "object" || request === null) return false
  const remotes = yield* Remotes
  for (const field of places) {
    const place: unknown = (request as Readonly<Record<string, unknown>>)[field]
    if (place === undefined && !needed.some((one) => one === field)) continue
    if (typeof place !== "string" || !(yield* isAfar(remotes, place))) return false
  }
  return true
})

/**
 * Whether `machine` can run a task of a journal that it shares: each that was asked for there, and of the others those
 * that may travel. What names files or programs of a machine, or may leave something there, stays.
 */
export const mayRun = (
  machine: string,
  task: Pick<Task, "hooks" | "kind" | "machine" | "request">
): Effect.Effect<boolean, never, Remotes> => {
  if (task.machine === machine) return Effect.succeed(true)
  const { after, before } = task.hooks
  return before === null && after === null ? mayTravel(task) : Effect.succeed(false)
}
