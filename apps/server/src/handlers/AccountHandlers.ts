/** One's own session, password and tokens; and, for an admin, those of others. */
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Password from "../access/Password.ts"
import type { Person, Token } from "../access/People.ts"
import { Api } from "../api/Api.ts"
import type { TokenAnswer, UserAnswer } from "../api/account/AccountGroups.ts"
import { CurrentCaller } from "../api/Callers.ts"
import { Forbidden, NotNow, NotThere } from "../api/Problem.ts"
import { about } from "../http/Connection.ts"
import { kept, Service } from "../http/Service.ts"
import { patiently } from "./DoorHandlers.ts"
import * as SessionCookie from "./SessionCookie.ts"

const tokenAnswer = ({ created, ends, id, name, person, scopes, used }: Token): TokenAnswer => ({
  id,
  user: person,
  name,
  scopes,
  createdAt: created,
  endsAt: ends,
  lastUsedAt: used
})

const userAnswer = ({ created, name, password, role, seen }: Person): UserAnswer => ({
  name,
  role,
  hasPassword: password !== null,
  createdAt: created,
  lastSeenAt: seen
})

const nobody = (name: string) => new NotThere({ code: "NoUser", detail: `nobody is called "${name}"` })
const lastAdmin = () => new NotNow({ code: "LastAdmin", detail: "this is the last admin; make another one first" })

export const account = HttpApiBuilder.group(
  Api,
  "account",
  Effect.fn(function* (handlers) {
    const { attempts, clock, people } = yield* Service
    /** A change that would leave nobody to change anything. */
    const leavesNoAdmin = ({ password, role }: Person) =>
      Effect.map(kept(people.admins), (admins) => role === "admin" && password !== null && admins <= 1)

    return handlers
      .handle("session", () =>
        Effect.map(CurrentCaller, ({ endsAt, name, role, scopes }) => ({ name, role, scopes, endsAt }))
      )
      .handle(
        "signOut",
        Effect.fnUntraced(function* () {
          const { session } = yield* CurrentCaller
          if (session !== null) yield* kept(() => people.endSession(session))
          yield* SessionCookie.take
        })
      )
      .handle(
        "signOutEverywhere",
        Effect.fnUntraced(function* () {
          const { name } = yield* CurrentCaller
          yield* kept(() => people.endSessions(name))
          yield* SessionCookie.take
        })
      )
      .handle(
        "changePassword",
        Effect.fnUntraced(function* ({ payload: { current, next } }) {
          const { name } = yield* CurrentCaller
          const keys = yield* patiently(name)
          const person = yield* kept(() => people.find(name))
          if (person === undefined || !(yield* Password.matches(current, person.password))) {
            yield* kept(() => attempts.failed(keys))
            return yield* new Forbidden({ code: "WrongPassword", detail: "the password that holds now is another" })
          }
          const hash = yield* Password.hash(next)
          yield* kept(() => people.setPassword(name, hash))
          yield* SessionCookie.give(yield* kept(() => people.beginSession(name)))
        })
      )
      .handle("tokens", () =>
        Effect.flatMap(CurrentCaller, ({ name, scopes }) =>
          kept(() => people.tokens(scopes.includes("admin") ? undefined : name).map(tokenAnswer))
        )
      )
      .handle(
        "makeToken",
        Effect.fnUntraced(function* ({ payload: { endsAt, name, scopes } }) {
          const caller = yield* CurrentCaller
          yield* about(name)
          if (caller.token !== null) {
            return yield* new Forbidden({ code: "Forbidden", detail: "a token makes no tokens; sign in" })
          }
          const beyond = scopes.find((scope) => !caller.scopes.includes(scope))
          if (beyond !== undefined) {
            return yield* new Forbidden({ code: "Forbidden", detail: `${caller.name} may not give "${beyond}" away` })
          }
          if (endsAt !== null && endsAt <= clock()) {
            return yield* new Forbidden({ code: "Forbidden", detail: "that time is over" })
          }
          if ((yield* kept(() => people.find(caller.name))) === undefined)
            return yield* new Forbidden({ code: "Forbidden", detail: "only a user has tokens; make one on the page" })
          const { secret, token } = yield* kept(() => people.addToken(caller.name, name, scopes, endsAt))
          return { token: tokenAnswer(token), secret }
        })
      )
      .handle(
        "removeToken",
        Effect.fnUntraced(function* ({ params: { id } }) {
          const { name, scopes } = yield* CurrentCaller
          yield* about(id)
          const mine = yield* kept(() => people.tokens(scopes.includes("admin") ? undefined : name))
          if (!mine.some((token) => token.id === id)) {
            return yield* new NotThere({ code: "NoToken", detail: "there is no such token" })
          }
          yield* kept(() => people.removeToken(id))
        })
      )
      .handle("users", () => kept(() => people.all().map(userAnswer)))
      .handle(
        "invite",
        Effect.fnUntraced(function* ({ payload: { name, role } }) {
          yield* about(name)
          const known = yield* kept(() => people.find(name))
          if (known?.password !== undefined && known.password !== null) {
            return yield* new NotNow({ code: "UserExists", detail: `"${name}" has an account already` })
          }
          if (known === undefined) yield* kept(() => people.add(name, role, null))
          else yield* kept(() => people.setRole(name, role))
          const { ends, ticket } = yield* kept(() => people.invite(name))
          const user = yield* kept(() => people.find(name))
          return { user: userAnswer(user!), token: ticket, endsAt: ends }
        })
      )
      .handle(
        "changeUser",
        Effect.fnUntraced(function* ({ params: { name }, payload: { role } }) {
          yield* about(name)
          const person = yield* kept(() => people.find(name))
          if (person === undefined) return yield* nobody(name)
          if (role !== "admin" && (yield* leavesNoAdmin(person))) return yield* lastAdmin()
          yield* kept(() => people.setRole(name, role))
          return userAnswer({ ...person, role })
        })
      )
      .handle(
        "removeUser",
        Effect.fnUntraced(function* ({ params: { name } }) {
          yield* about(name)
          const person = yield* kept(() => people.find(name))
          if (person === undefined) return yield* nobody(name)
          if (yield* leavesNoAdmin(person)) return yield* lastAdmin()
          yield* kept(() => people.remove(name))
        })
      )
  })
)
