/** Setting up and signing in. */
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Attempts from "../access/Attempts.ts"
import * as Password from "../access/Password.ts"
import { sessionMillis } from "../access/People.ts"
import { Api } from "../api/Api.ts"
import type { SessionAnswer } from "../api/account/AccountGroups.ts"
import { type Caller, type Role, scopesOf } from "../api/Callers.ts"
import { Forbidden, NotNow, TooMany, Unauthenticated } from "../api/Problem.ts"
import { about, Connection } from "../http/Connection.ts"
import { kept, Service } from "../http/Service.ts"
import * as SessionCookie from "./SessionCookie.ts"

const tooMany = (millis: number): TooMany => {
  const retryAfterSeconds = Math.ceil(millis / 1000)
  return new TooMany({
    code: "TooMany",
    detail: `too many attempts; try again in ${retryAfterSeconds} s`,
    retryAfterSeconds
  })
}

const wrong = (): Unauthenticated =>
  new Unauthenticated({ code: "WrongPassword", detail: "the name or the password is not right" })

const used = (): Forbidden =>
  new Forbidden({
    code: "LinkUsed",
    detail:
      "this link does not hold: it was used, it has run out, or it is for another name. A restart of the service prints a new one; an admin makes new invitations"
  })

const begin = Effect.fnUntraced(function* (name: string, role: Role) {
  const { clock, people } = yield* Service
  const connection = yield* Connection
  yield* SessionCookie.give(yield* kept(() => people.beginSession(name)))
  const caller: Caller = { name, role, scopes: scopesOf[role], token: null, session: null, endsAt: null }
  connection.caller = caller
  return { name, role, scopes: scopesOf[role], endsAt: clock() + sessionMillis } satisfies SessionAnswer
})

/** Fails where the name or the address has failed too often. */
export const patiently = Effect.fnUntraced(function* (name: string) {
  const { attempts } = yield* Service
  const { address } = yield* Connection
  const keys = Attempts.keysOf(name, address)
  const pause = yield* kept(() => attempts.pause(keys))
  if (pause > 0) return yield* tooMany(pause)
  return keys
})

export const door = HttpApiBuilder.group(
  Api,
  "door",
  Effect.fn(function* (handlers) {
    const service = yield* Service
    const { attempts, people, setUp } = service
    return handlers
      .handle("setUpState", () => Effect.map(kept(people.isSetUp), (isSetUp) => ({ isSetUp })))
      .handle(
        "setUp",
        Effect.fnUntraced(function* ({ payload: { name, password, token } }) {
          yield* about(name)
          const keys = yield* patiently("set-up")
          const isFirst = setUp.isTicket(token)
          const invited = isFirst ? undefined : yield* kept(() => people.invited(token))
          if (!isFirst && invited !== name) {
            yield* kept(() => attempts.failed(keys))
            return yield* used()
          }
          const hash = yield* Password.hash(password)
          if (!isFirst) {
            yield* kept(() => people.setPassword(name, hash))
            const person = yield* kept(() => people.find(name))
            if (person === undefined) return yield* used()
            return yield* begin(name, person.role)
          }
          if (yield* kept(people.isSetUp)) {
            return yield* new NotNow({ code: "IsSetUp", detail: "the service is set up already; sign in" })
          }
          yield* kept(() => people.add(name, "admin", hash))
          setUp.done()
          return yield* begin(name, "admin")
        })
      )
      .handle(
        "signIn",
        Effect.fnUntraced(function* ({ payload: { name, password } }) {
          yield* about(name)
          const keys = yield* patiently(name)
          const person = yield* kept(() => people.find(name))
          // As long for a name that nobody has.
          if (!(yield* Password.matches(password, person?.password ?? null)) || person === undefined) {
            yield* kept(() => attempts.failed(keys))
            return yield* wrong()
          }
          yield* kept(() => attempts.succeeded(keys))
          return yield* begin(person.name, person.role)
        })
      )
  })
)
