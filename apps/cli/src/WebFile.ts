/** A file that an address of the web gives. */
import * as path from "node:path"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { EnvHttpProxyAgent, fetch } from "undici"
import { CommandStopped, failed, notFound, refused, tryLater, usage } from "./ExitCode.ts"

export interface WebFile {
  /** Fails where it ends before the length that was announced. Can be read once. */
  readonly content: Stream.Stream<Uint8Array, Error>
  /** Milliseconds since 1970 UTC, where the server says it. */
  readonly modifiedAt: number | undefined
  /** The last name of the address, of the one that it led to. Fails where that has none. */
  readonly name: Effect.Effect<string, CommandStopped>
}

/** As it is where it is not spelled as a part of an address. */
const plain = (part: string): string => {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

const hostOf = (url: URL): string => `${url.protocol}//${url.host}`

const parse = (text: string): Effect.Effect<URL, CommandStopped> => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  return url !== undefined && /^https?:$/.test(url.protocol)
    ? Effect.succeed(url)
    : usage("the address must begin with http:// or https://")
}

/** The name and password of an address as a header, which `fetch` does not take in it. Leaves the address without them. */
const signedIn = (url: URL): { readonly authorization?: string } => {
  const { password, username } = url
  if (username === "" && password === "") return {}
  url.username = ""
  url.password = ""
  return { authorization: `Basic ${Buffer.from(`${plain(username)}:${plain(password)}`).toString("base64")}` }
}

/** Without what may be secret: the query, and a password. */
const causeOf = (error: unknown): string => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return cause instanceof Error ? cause.message : String(cause)
}

const codeOf = (status: number): number => {
  if (status === 404 || status === 410) return notFound
  if (status === 401 || status === 403) return refused
  return status === 429 || status >= 500 ? tryLater : failed
}

const nameOf = (url: URL): Effect.Effect<string, CommandStopped> => {
  const name = plain(url.pathname.slice(url.pathname.lastIndexOf("/") + 1))
  return name === "" || name === "." || name === ".." || name !== path.posix.basename(name)
    ? usage("the address ends with no name for the file: leave --auto-filename out and name it")
    : Effect.succeed(name)
}

/**
 * Asks for the address, through a proxy where `environment` names one, and follows where it leads. Fails with
 * `CommandStopped` where nothing answers, or with anything but the file. The connection ends with the scope.
 */
export const open = Effect.fnUntraced(function* (
  text: string,
  environment: { readonly [variable: string]: string | undefined }
): Effect.fn.Return<WebFile, CommandStopped, Scope.Scope> {
  const url = yield* parse(text)
  const asked = { "accept-encoding": "identity", ...signedIn(url) }
  const { HTTP_PROXY, HTTPS_PROXY, NO_PROXY, http_proxy, https_proxy, no_proxy } = environment
  const dispatcher = yield* Effect.acquireRelease(
    Effect.sync(
      () =>
        new EnvHttpProxyAgent({
          httpProxy: http_proxy ?? HTTP_PROXY ?? "",
          httpsProxy: https_proxy ?? HTTPS_PROXY ?? "",
          noProxy: no_proxy ?? NO_PROXY ?? ""
        })
    ),
    (agent) => Effect.promise(() => agent.destroy())
  )
  const answer = yield* Effect.tryPromise({
    // The bytes as they lie there: of packed ones the length would be another.
    try: (signal) => fetch(url, { dispatcher, signal, headers: asked }),
    catch: (error) =>
      causeOf(error) === "bad port"
        ? usage(
            `${hostOf(url)}: its port is one that other services have, and of which no browser asks for files; have it served at another, such as 8080`
          )
        : new CommandStopped({ code: tryLater, message: `${hostOf(url)} did not answer: ${causeOf(error)}` })
  })
  const { body, headers, ok, status } = answer
  if (!ok) {
    return yield* new CommandStopped({
      code: codeOf(status),
      message: `${hostOf(url)} answered with ${status}, so nothing was stored`
    })
  }
  const length =
    headers.get("content-encoding") === null ? Number(headers.get("content-length") ?? Number.NaN) : Number.NaN
  const modifiedAt = Date.parse(headers.get("last-modified") ?? "")
  let arrived = 0
  const counted = Stream.map(
    body === null
      ? Stream.empty
      : Stream.fromAsyncIterable<Uint8Array, Error>(body, (error) => new Error(causeOf(error))),
    (piece) => {
      arrived += piece.length
      return piece
    }
  )
  const whole = Stream.unwrap(
    Effect.sync(() =>
      Number.isNaN(length) || arrived === length
        ? Stream.empty
        : Stream.fail(new Error(`${arrived} of ${length} bytes came`))
    )
  )
  return {
    content: Stream.concat(counted, whole),
    modifiedAt: modifiedAt >= 0 ? modifiedAt : undefined,
    name: nameOf(new URL(answer.url))
  }
})
