/** Names and passwords of repositories in the configuration. */
import * as ConfiguredRepositories from "@ourclone/core/configuration/ConfiguredRepositories"
import * as Secret from "@ourclone/core/configuration/Secret"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { Api } from "../api/Api.ts"
import { Forbidden, NotNow, NotThere, Refused, StorageFailed } from "../api/Problem.ts"
import type { RepositoryAnswer } from "../api/query/RepositoryGroup.ts"
import { about } from "../http/Connection.ts"
import { Service } from "../http/Service.ts"
import { literal } from "./Literal.ts"
import { ofRemoteError } from "./StorageHandlers.ts"

const answerOf = ({ location, name, password }: ConfiguredRepositories.ConfiguredRepository): RepositoryAnswer => ({
  name,
  location,
  hasPassword: password !== undefined
})

const failed = (error: Parameters<typeof ofRemoteError>[0]): StorageFailed => {
  const { reason } = error
  return new StorageFailed({ code: reason._tag, detail: error.message, isRetryable: false })
}

export const repository = HttpApiBuilder.group(
  Api,
  "repository",
  Effect.fn(function* (handlers) {
    const { guard, remotes } = yield* Service
    const file = remotes.configurationFile
    const all = Effect.mapError(ConfiguredRepositories.read(file), failed)
    const find = Effect.fnUntraced(function* (name: string) {
      const found = (yield* all).get(name)
      if (found !== undefined) return found
      return yield* new NotThere({ code: "NoRepository", detail: `no repository is called "${name}"` })
    })
    return handlers
      .handle("repositories", () => Effect.map(all, (found) => [...found.values()].map(answerOf)))
      .handle(
        "nameRepository",
        Effect.fnUntraced(function* ({ payload: { location, name, password } }) {
          yield* about(name)
          yield* guard
            .place(location, "location", ["payload", "location"])
            .pipe(
              Effect.catchTag("Unavailable", ({ code, message }) =>
                Effect.fail(new StorageFailed({ code, detail: message, isRetryable: true }))
              )
            )
          const made = { name, location, password: literal(password) }
          yield* Effect.catch(ConfiguredRepositories.add(file, made), (error) => {
            const problem = ofRemoteError(error)
            return Effect.fail(problem instanceof NotNow || problem instanceof Refused ? problem : failed(error))
          })
          return answerOf(made)
        })
      )
      .handle(
        "replacePassword",
        Effect.fnUntraced(function* ({ params: { name }, payload: { password } }) {
          yield* about(name)
          const known = yield* find(name)
          if (known.password !== undefined && Secret.kindOf(known.password) !== undefined) {
            const detail = `the password of "${name}" is kept elsewhere; change it there, on the machine itself`
            return yield* new Forbidden({ code: "ReferenceNotAllowed", detail })
          }
          const made = { ...known, password: literal(password) }
          yield* Effect.mapError(ConfiguredRepositories.replace(file, made), failed)
          return answerOf(made)
        })
      )
      .handle(
        "forgetRepository",
        Effect.fnUntraced(function* ({ params: { name } }) {
          yield* about(name)
          yield* find(name)
          yield* Effect.mapError(ConfiguredRepositories.remove(file, name), failed)
        })
      )
  })
)
