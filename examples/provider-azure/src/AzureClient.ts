/** Requests to one storage account, signed, each made once. */
import { type Reason, StorageError, UnexpectedResponse } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { reasonOf, reasonOfFailure } from "./AzureErrors.ts"
import { authorization } from "./SharedKey.ts"

export interface Options {
  readonly account: string
  readonly key: Redacted.Redacted<string>
  readonly endpoint?: string
}

export interface Request {
  readonly method: "DELETE" | "GET" | "HEAD" | "PUT"
  /** Container and name, in no coding. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  /** Names in lower case; what is undefined is not sent. */
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly body?: Uint8Array<ArrayBuffer>
}

export interface Site {
  /** `Provider.name`. */
  readonly provider: string
  readonly operation: string
  readonly path: string
}

export interface AzureClient {
  /** Of the account. */
  readonly id: string
  readonly urlOf: (path: string) => URL
  readonly fail: (site: Site, reason: Reason) => StorageError
  /** Fails unless the status is of success. Whoever asks for a body reads it to its end. */
  readonly send: (site: Site, request: Request) => Effect.Effect<Response, StorageError>
}

const version = "2021-12-02"

/** As it was stored, and as it is signed. */
const encoded = (path: string): string => path.split("/").map(encodeURIComponent).join("/")

export const make = ({ account, endpoint, key }: Options): AzureClient => {
  const base = (endpoint ?? `https://${account}.blob.core.windows.net`).replace(/\/+$/, "")
  const urlOf = (path: string): URL => new URL(`${base}/${encoded(path)}`)
  const fail = (site: Site, reason: Reason) => new StorageError({ ...site, reason })

  const ask = (site: Site, { body, headers = {}, method, path, query = {} }: Request) =>
    Effect.tryPromise({
      try: (signal) => {
        const url = urlOf(path)
        for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
        const sent: Record<string, string> = {
          ...Object.fromEntries(
            Object.entries(headers).filter((each): each is [string, string] => each[1] !== undefined)
          ),
          "x-ms-date": new Date().toUTCString(),
          "x-ms-version": version
        }
        const length = body === undefined ? {} : { "content-length": `${body.length}` }
        const signature = authorization(account, Redacted.value(key), method, url, { ...sent, ...length })
        // The key is signed with, and goes nowhere: a redirection would take the bytes elsewhere.
        const options = { method, headers: { ...sent, authorization: signature }, redirect: "manual", signal } as const
        return fetch(url, body === undefined ? options : { ...options, body })
      },
      catch: (error) => fail(site, reasonOfFailure(error))
    })

  return {
    id: `azure:${base}/${account}`,
    urlOf,
    fail,
    send: (site, request) =>
      Effect.flatMap(ask(site, request), (response) => {
        if (response.ok) {
          return response.headers.get("x-ms-version") === null
            ? Effect.fail(fail(site, new UnexpectedResponse({ message: "what answers is not Azure Blob Storage" })))
            : Effect.succeed(response)
        }
        const code = response.headers.get("x-ms-error-code") ?? ""
        const reason = reasonOf(response.status, code, response.headers.get("retry-after"))
        return Effect.andThen(
          Effect.promise(() => response.body?.cancel() ?? Promise.resolve()),
          Effect.fail(fail(site, reason))
        )
      })
  }
}
