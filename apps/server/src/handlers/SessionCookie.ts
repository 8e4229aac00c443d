/** The cookie of a session: the browser sends it to this service alone, and shows it to no script. */
import * as Effect from "effect/Effect"
import * as HttpEffect from "effect/http/HttpEffect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { sessionMillis } from "../access/People.ts"
import { cookie, plainCookie } from "../api/Callers.ts"
import { Connection } from "../http/Connection.ts"

const set = (value: string, maxAge: number) =>
  Effect.flatMap(Connection, ({ isSecure }) =>
    HttpEffect.appendPreResponseHandler((_, response) =>
      Effect.orDie(
        HttpServerResponse.setCookie(response, isSecure ? cookie : plainCookie, value, {
          secure: isSecure,
          httpOnly: true,
          sameSite: "strict",
          path: "/",
          maxAge
        })
      )
    )
  )

export const give = (ticket: string) => set(ticket, sessionMillis)

export const take = set("", 0)
