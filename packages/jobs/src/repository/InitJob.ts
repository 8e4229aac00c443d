/** `init`: a new repository, and what goes with it on a service that keeps versions. */
import * as Lifecycle from "@ourclone/backup/repository/Lifecycle"
import * as Repository from "@ourclone/backup/repository/Repository"
import type { Provider } from "@ourclone/core/contract/Provider"
import type { Tell } from "@ourclone/core/events/Tell"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { InvalidJob } from "../kind/JobError.ts"
import type { Beside, JobKind } from "../kind/JobKind.ts"
import { text } from "../kind/RequestFields.ts"
import * as KeyFor from "../place/KeyFor.ts"
import * as OpenPlace from "../place/OpenPlace.ts"
import { access } from "./Fields.ts"
import * as OpenedRepository from "./OpenedRepository.ts"
import { secretOf } from "./PasswordName.ts"

export const Request = Schema.Struct({
  ...access,
  repositoryVersion: Schema.optionalKey(
    Schema.Literals([1, 2]).annotate({ description: "The version of the format; 2, with compression, when absent" })
  ),
  copyChunkerFrom: text("Another repository, to cut files at the same places as it does")
})
export type Request = typeof Request.Type

export const Summary = Schema.Struct({
  id: Schema.String,
  /**
   * What became of the rules of the bucket: it keeps only last versions of the repository's files now, it had rules for
   * them already, other files share their folders, there are no rules here, or they could not be set.
   */
  lifecycle: Schema.Literals(["set", "kept", "shared", "unsupported", "failed"])
})
export type Summary = typeof Summary.Type

/** A key that may not change the bucket is no reason to have no repository. */
const keepOnlyLastVersion = (provider: Provider, tell: Tell) =>
  Effect.catch(Lifecycle.keepOnlyLastVersion(provider), ({ message }) => {
    tell.fact({ _tag: "Note", code: "lifecycleFailed", message })
    return Effect.succeed("failed" as const)
  })

const polynomialOf = Effect.fnUntraced(function* ({ copyChunkerFrom, ...request }: Request, beside: Beside) {
  if (copyChunkerFrom === undefined) return undefined
  const { cache, cacheDirectory } = request
  const other = {
    repository: copyChunkerFrom,
    ...(cache === undefined ? {} : { cache }),
    ...(cacheDirectory === undefined ? {} : { cacheDirectory })
  }
  return (yield* OpenedRepository.open(other, beside)).config.polynomial
})

/** Told as soon as there is a repository: setting the rules of the bucket may take long. */
export const madeStep = "repositoryMade"

export const kind: JobKind<"init", Request, Summary> = {
  type: "init",
  request: Request,
  summary: Summary,
  needs: ({ copyChunkerFrom, repository }) =>
    [copyChunkerFrom, repository].flatMap((name) => (name === undefined ? [] : [secretOf(name)])),
  run: Effect.fnUntraced(function* (request, beside) {
    const polynomial = yield* polynomialOf(request, beside)
    const provider = yield* OpenPlace.open(yield* OpenedRepository.locate(request.repository), beside.tell)
    if (provider.buckets !== undefined && provider.location === "") {
      const message = "it names no bucket; write remote:bucket or remote:bucket/folder"
      return yield* new InvalidJob({ field: "repository", message })
    }
    yield* KeyFor.demandDeeds(provider, ["list", "read", "write"])
    const password = yield* OpenedRepository.passwordOf(beside, secretOf(request.repository))
    const { config } = yield* Repository.init(provider, password, { version: request.repositoryVersion, polynomial })
    beside.tell.fact({ _tag: "Step", name: madeStep, values: { id: config.id } })
    return { id: config.id, lifecycle: yield* keepOnlyLastVersion(provider, beside.tell) }
  })
}
