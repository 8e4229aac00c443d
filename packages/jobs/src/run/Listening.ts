/** Where a server of a job listens, and who may come in: the same fields and rules for all of them. */
import type { Tell } from "@ourclone/core/events/Tell"
import type * as HttpServer from "@ourclone/mount/http/HttpServer"
import type * as Redacted from "effect/Redacted"
import { InvalidJob } from "../kind/JobError.ts"
import { flag, text, texts, whole } from "../kind/RequestFields.ts"

export const listening = {
  address: text("The address to listen on; 127.0.0.1 when absent, which only this machine reaches"),
  port: whole("The port to listen on; any that is free when absent", 0, 65_535),
  user: text("The name that goes with the password; that of this program when absent"),
  hostNames: texts("Names besides addresses under which clients ask for the server"),
  certificate: text("The TLS certificate, a PEM file, as an absolute path"),
  certificateKey: text("The key of the TLS certificate, a PEM file, as an absolute path"),
  behindTls: flag("Something in front of the server speaks TLS with the clients")
}

export interface Listened {
  readonly address?: string
  readonly port?: number
  readonly user?: string
  readonly hostNames?: ReadonlyArray<string>
  readonly certificate?: string
  readonly certificateKey?: string
  readonly behindTls?: boolean
}

/** Without a password whoever reaches the server is let in. */
export const options = (
  { address = "127.0.0.1", behindTls, certificate, certificateKey: key, hostNames = [], port = 0, user }: Listened,
  password: Redacted.Redacted<string> | undefined
): HttpServer.Listening => ({
  host: address,
  port,
  tls: certificate === undefined || key === undefined ? undefined : { certificate, key },
  isBehindTls: behindTls,
  access: password === undefined ? undefined : { users: [{ name: user ?? "ourclone", password }], hostNames }
})

export const refuse = ({ certificate, certificateKey: key }: Listened): InvalidJob | undefined =>
  (certificate === undefined) === (key === undefined)
    ? undefined
    : new InvalidJob({ message: "a certificate and its key go together", field: "certificate" })

/** Tells of a request that was answered by a mistake of this program. */
export const onFault =
  (tell: Tell) =>
  ({ error, operation }: { readonly operation: string; readonly error: unknown }): void =>
    tell.fact({
      _tag: "Note",
      code: "mountFault",
      message: `${operation} failed: ${error instanceof Error ? error.message : String(error)}. This is a mistake in ourclone`
    })
