/** Setting up, signing in, and who else may: `DoorGroup` is open to everybody, `AccountGroup` is not. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import { Needs, Role, Scope } from "../Callers.ts"
import { Forbidden, NotNow, NotThere, Refused, TooMany, Unauthenticated, Unavailable } from "../Problem.ts"
import { spelled, text } from "../Text.ts"

const moment = Schema.Int.annotate({ description: "Milliseconds since 1970 UTC" })

/** Of a person: lower case, so that no two differ by case alone. */
export const UserName = spelled(
  /^[a-z0-9][a-z0-9._-]{0,31}$/u,
  "up to 32 of a-z 0-9 . _ and -, beginning with a letter or digit"
)

/** Long enough to be worth its hash, and bounded, as hashing takes memory. */
export const NewPassword = text(10, 256).annotate({ description: "At least 10 characters" })
const Password = text(0, 256)

export const SessionAnswer = Schema.Struct({
  name: Schema.String,
  role: Role,
  scopes: Schema.Array(Scope),
  /** Null for a token without end. */
  endsAt: Schema.NullOr(moment)
}).annotate({ identifier: "Session" })
export type SessionAnswer = typeof SessionAnswer.Type

export const SetUpState = Schema.Struct({ isSetUp: Schema.Boolean }).annotate({ identifier: "SetUpState" })

export const SetUpRequest = Schema.Struct({
  token: text(0, 256).annotate({
    description: "What stands after # in the link that the service printed, or that an admin made for you"
  }),
  name: UserName,
  password: NewPassword
}).annotate({ identifier: "SetUpRequest" })

export const SignInRequest = Schema.Struct({
  name: text(0, 64),
  password: Password
}).annotate({ identifier: "SignInRequest" })

/** Signs in by a cookie of the answer. */
export class DoorGroup extends HttpApiGroup.make("door")
  .add(
    HttpApiEndpoint.get("setUpState", "/setup", { success: SetUpState, error: Unavailable }),
    HttpApiEndpoint.post("setUp", "/setup", {
      payload: SetUpRequest,
      success: SessionAnswer,
      error: [Forbidden, NotNow, TooMany, Unavailable]
    }),
    HttpApiEndpoint.post("signIn", "/session", {
      payload: SignInRequest,
      success: SessionAnswer,
      error: [Unauthenticated, TooMany, Unavailable]
    })
  )
  .prefix("/api/v1") {}

export const TokenAnswer = Schema.Struct({
  id: Schema.String,
  user: Schema.String,
  name: Schema.String,
  scopes: Schema.Array(Scope),
  createdAt: moment,
  endsAt: Schema.NullOr(moment),
  lastUsedAt: Schema.NullOr(moment)
}).annotate({ identifier: "Token" })
export type TokenAnswer = typeof TokenAnswer.Type

export const NewToken = Schema.Struct({
  name: text(1, 80),
  scopes: Schema.Array(Scope).pipe(Schema.check(Schema.isMinLength(1), Schema.isMaxLength(6))),
  endsAt: Schema.NullOr(moment)
}).annotate({ identifier: "NewToken" })

export const MadeToken = Schema.Struct({
  token: TokenAnswer,
  secret: Schema.String.annotate({ description: "Shown this once" })
}).annotate({ identifier: "MadeToken" })

export const UserAnswer = Schema.Struct({
  name: Schema.String,
  role: Role,
  /** False until an invitation was taken up. */
  hasPassword: Schema.Boolean,
  createdAt: moment,
  lastSeenAt: Schema.NullOr(moment)
}).annotate({ identifier: "User" })
export type UserAnswer = typeof UserAnswer.Type

export const Invitation = Schema.Struct({
  user: UserAnswer,
  token: Schema.String.annotate({ description: "Shown this once; goes after # in a link to the set-up page" }),
  endsAt: moment
}).annotate({ identifier: "Invitation" })

export class AccountGroup extends HttpApiGroup.make("account")
  .add(
    HttpApiEndpoint.get("session", "/session", { success: SessionAnswer }).annotate(Needs, "read"),
    HttpApiEndpoint.delete("signOut", "/session", { success: HttpApiSchema.NoContent }).annotate(Needs, "read"),
    HttpApiEndpoint.delete("signOutEverywhere", "/sessions", { success: HttpApiSchema.NoContent }).annotate(
      Needs,
      "read"
    ),
    HttpApiEndpoint.put("changePassword", "/password", {
      payload: Schema.Struct({ current: Password, next: NewPassword }),
      success: HttpApiSchema.NoContent,
      error: [Forbidden, TooMany]
    }).annotate(Needs, "read"),
    HttpApiEndpoint.get("tokens", "/tokens", { success: Schema.Array(TokenAnswer) }).annotate(Needs, "read"),
    HttpApiEndpoint.post("makeToken", "/tokens", {
      payload: NewToken,
      success: MadeToken.pipe(HttpApiSchema.status(201)),
      error: [Forbidden, Refused]
    }).annotate(Needs, "read"),
    HttpApiEndpoint.delete("removeToken", "/tokens/:id", {
      params: { id: Schema.String },
      success: HttpApiSchema.NoContent,
      error: NotThere
    }).annotate(Needs, "read"),
    HttpApiEndpoint.get("users", "/users", { success: Schema.Array(UserAnswer) }).annotate(Needs, "admin"),
    HttpApiEndpoint.post("invite", "/users", {
      payload: Schema.Struct({ name: UserName, role: Role }),
      success: Invitation.pipe(HttpApiSchema.status(201)),
      error: NotNow
    }).annotate(Needs, "admin"),
    HttpApiEndpoint.patch("changeUser", "/users/:name", {
      params: { name: UserName },
      payload: Schema.Struct({ role: Role }),
      success: UserAnswer,
      error: [NotThere, NotNow]
    }).annotate(Needs, "admin"),
    HttpApiEndpoint.delete("removeUser", "/users/:name", {
      params: { name: UserName },
      success: HttpApiSchema.NoContent,
      error: [NotThere, NotNow]
    }).annotate(Needs, "admin")
  )
  .prefix("/api/v1") {}
