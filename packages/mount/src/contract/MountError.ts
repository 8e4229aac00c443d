/**
 * Why a mount could not be made, served or taken away. Callers recover by reason:
 * `Effect.catchReason("MountError", "Busy", …)`. Messages name the thing and the cause; what could be done is a `remedy` of
 * `MountRemedies`.
 */
import { Remedy } from "@ourclone/core/contract/Remedy"
import * as Schema from "effect/Schema"

const message = Schema.String
const remedy = Schema.optionalKey(Remedy)

/** This system has no FUSE, or not what ordinary users need of it. */
export class NoFuse extends Schema.TaggedError<NoFuse>()("NoFuse", { message, remedy }) {}

/** The system refused the mount to this user. */
export class NotAllowed extends Schema.TaggedError<NotAllowed>()("NotAllowed", { message, remedy }) {}

/** No directory, or something is mounted there already; of a server, an address it can not or must not listen on. */
export class BadMountPoint extends Schema.TaggedError<BadMountPoint>()("BadMountPoint", { message, remedy }) {}

/** Programs still use the mount. `users` are theirs, as far as this user may see them. */
export class Busy extends Schema.TaggedError<Busy>()("Busy", {
  message,
  remedy,
  users: Schema.Array(Schema.Struct({ pid: Schema.Int, command: Schema.String, path: Schema.String }))
}) {}

/** The connection with the kernel, or the server, ended by itself. */
export class Broken extends Schema.TaggedError<Broken>()("Broken", { message, remedy }) {}

/** Tree, cache and queue can not be used: another process has them, or they are another place's, or damaged. */
export class CacheRefused extends Schema.TaggedError<CacheRefused>()("CacheRefused", { message, remedy }) {}

export const Reason = Schema.Union([NoFuse, NotAllowed, BadMountPoint, Busy, Broken, CacheRefused])

export class MountError extends Schema.TaggedError<MountError>()("MountError", { reason: Reason }) {
  override get message(): string {
    return this.reason.message
  }

  get remedy(): Remedy | undefined {
    return this.reason.remedy
  }
}

export const fail = (reason: typeof Reason.Type): MountError => new MountError({ reason })

export const isMountError = (error: unknown): error is MountError =>
  typeof error === "object" && error !== null && "_tag" in error && error._tag === "MountError"
