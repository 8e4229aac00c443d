/** Holds the places of a request against the allowed folders, whatever they are called. */

import * as path from "node:path"
import * as ConfigurationFile from "@ourclone/core/configuration/ConfigurationFile"
import type * as ConfigurationText from "@ourclone/core/configuration/ConfigurationText"
import * as ConfiguredRepositories from "@ourclone/core/configuration/ConfiguredRepositories"
import type { RemoteError } from "@ourclone/core/configuration/RemoteError"
import * as RemoteName from "@ourclone/core/configuration/RemoteName"
import type { Remotes } from "@ourclone/core/configuration/Remotes"
import * as Effect from "effect/Effect"
import { Forbidden, type Unavailable } from "../api/Problem.ts"
import type { Verdict } from "../side/SideWire.ts"
import { namedBy, optionsNaming } from "./PlaceFields.ts"

type Guarded = Effect.Effect<void, Forbidden | Unavailable>

/** Where in what was asked something stands; nowhere, where it was said earlier. */
export type At = ReadonlyArray<string> | undefined

export interface PlaceGuard {
  /** Fails with `Forbidden` for the request of a job or query that names what callers may not use. */
  readonly request: (request: unknown, at: At) => Guarded
  readonly place: (text: string, field: string, at: At) => Guarded
  /** The same for options of a remote of that type: a folder, a file, or the remote it is made of. */
  readonly options: (type: string, options: Readonly<Record<string, unknown>>) => Guarded
}

/** `at` is to blame, where it was asked now. */
const refuse = (message: string, at?: At): Forbidden => {
  const errors = at === undefined ? {} : { errors: [{ path: [...at], message }] }
  return new Forbidden({ code: "PlaceNotAllowed", detail: message, ...errors })
}

const below = (at: At, field: string): At => (at === undefined ? undefined : [...at, field])

/** The type that opens paths of this machine. */
const localType = "local"

/** Remotes that are made of remotes; who opens them allows fewer. */
const mostLayers = 8

export interface GuardOptions {
  /** Whether folders and files of this machine may be used: asked where a disk that hangs holds up nobody else. */
  readonly judge: (names: ReadonlyArray<string>) => Effect.Effect<ReadonlyArray<Verdict>, Unavailable>
  /** Everything is allowed, so that a link can lead nowhere else. */
  readonly isWhole: boolean
  readonly remotes: Remotes["Service"]
}

export const make = ({ isWhole, judge, remotes }: GuardOptions): PlaceGuard => {
  const types = remotes.factories.map(({ type }) => type)

  const local = Effect.fnUntraced(function* (name: string, field: string, at: At) {
    const [verdict] = yield* judge([name])
    if (verdict?._tag === "Allowed") return
    return yield* refuse(
      `${field}: "${name}" may not be used: ${verdict?.because ?? "nobody can say whether it is allowed"}`,
      at
    )
  })
  const unreadable = (error: RemoteError) => refuse(error.message)

  /** Files that a remote of the configuration names are its owner's, whoever uses it. */
  const beneath = Effect.fnUntraced(function* (
    { options, type }: ConfigurationText.ConfiguredRemote,
    at: At,
    layers: number
  ): Effect.fn.Return<void, Forbidden | Unavailable> {
    for (const { field, isPlace, text } of optionsNaming(type, options)) {
      if (isPlace) yield* placeThrough(text, field, at, layers - 1)
    }
  })

  const placeThrough = Effect.fnUntraced(function* (
    text: string,
    field: string,
    at: At,
    layers: number
  ): Effect.fn.Return<void, Forbidden | Unavailable> {
    if (layers === 0) return yield* refuse(`${field}: "${text}" is made of itself, or of too many others`, at)
    const { remotes: configured } = yield* Effect.mapError(
      ConfigurationFile.read(remotes.configurationFile),
      unreadable
    )
    const meaning = RemoteName.parse(text, { remotes: [...configured.keys()], types, platform: process.platform })
    switch (meaning._tag) {
      case "Local":
        return yield* local(meaning.path, field, at)
      case "Unconfigured":
        if (meaning.type === localType) return yield* local(meaning.location, field, at)
        // An account whose key is in the environment of the service is the service's own, not its callers'.
        return
      case "Configured": {
        const remote = configured.get(meaning.remote)!
        if (remote.type !== localType) return yield* beneath(remote, at, layers)
        const { dir } = remote.options
        return yield* local(typeof dir === "string" ? path.join(dir, meaning.location) : meaning.location, field, at)
      }
      case "Invalid":
        return yield* refuse(`${field}: ${meaning.because}`, at)
      case "UnknownRemote":
      case "UnknownType":
        // Whoever opens it says so, with the names that are known.
        return
    }
  })
  const place: PlaceGuard["place"] = (text, field, at) => placeThrough(text, field, at, mostLayers)

  const repository = Effect.fnUntraced(function* (text: string, field: string, at: At) {
    if (!RemoteName.isValidName(text)) return yield* place(text, field, at)
    const named = yield* Effect.mapError(ConfiguredRepositories.read(remotes.configurationFile), unreadable)
    const location = named.get(text)?.location
    // A name that is none fails where it is looked up.
    if (location !== undefined) yield* place(location, field, at)
  })
  const repositories = new Set(["repository", "fromRepository", "copyChunkerFrom"])

  const request: PlaceGuard["request"] = Effect.fnUntraced(function* (asked, at) {
    for (const named of namedBy(asked)) {
      const { field } = named
      const its = below(at, field)
      if (named._tag === "Refused") return yield* refuse(`${field}: ${named.message}`, its)
      if (named._tag === "Local") yield* local(named.path, field, its)
      else if (repositories.has(field)) yield* repository(named.text, field, its)
      else yield* place(named.text, field, its)
    }
    const { copyLinks } = (asked ?? {}) as { readonly copyLinks?: unknown }
    if (copyLinks === true && !isWhole) {
      return yield* refuse("copyLinks: a link could lead out of the allowed folders", below(at, "copyLinks"))
    }
  })

  const options: PlaceGuard["options"] = Effect.fnUntraced(function* (type, given) {
    for (const { field, isPlace, text } of optionsNaming(type, given)) {
      const at = ["payload", "options", field]
      if (isPlace) yield* place(text, field, at)
      else yield* local(text, field, at)
    }
  })
  return { request, place, options }
}
