/** The fields of requests that serve a place as it is, without a mount between. */
import * as Schema from "effect/Schema"
import { flag, place } from "../kind/RequestFields.ts"
import { listening } from "../run/Listening.ts"

export const servingHttp = {
  path: place("What to serve: an absolute path, or remote:path"),
  ...listening
}

export const servingRestic = {
  path: place("The folder of the repository, or of several: an absolute path, or remote:path"),
  ...listening,
  appendOnly: flag("Refuse to remove or replace anything but locks")
}

/** Nothing is left to say of a server that has ended. */
export const Summary = Schema.Struct({})
export type Summary = typeof Summary.Type

/** What the password of such a server is asked for by. */
export const serveSecret = "serve:password"
