/** How to reach a server, from the configuration, flags or the environment. */
import { userInfo } from "node:os"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

const isFile = (file: string) =>
  path.isAbsolute(file) || file.startsWith("~/") ? undefined : "must be an absolute path, or begin with ~/"
const FilePath = Schema.String.pipe(Schema.check(Schema.makeFilter(isFile)))

const hostRefusal = (host: string) =>
  /^[\w.:-]+$/.test(host) && !host.startsWith("-") ? undefined : "must be the name or the address of a host"
const Host = Schema.String.pipe(Schema.check(Schema.makeFilter(hostRefusal)))

const pinRefusal = (key: string) =>
  /^[\w@.-]+ [A-Za-z0-9+/]+=*$/.test(key) ? undefined : 'must look like "ssh-ed25519 AAAA…", as ssh-keyscan prints it'
const HostKey = Schema.String.pipe(Schema.check(Schema.makeFilter(pinRefusal)))

/** What takes the place of a file of known hosts: any host is believed. */
export const anyHost = "none"
const KnownHosts = Schema.String.pipe(
  Schema.check(Schema.makeFilter((file: string) => (file === anyHost ? undefined : isFile(file))))
)

export const SftpOptions = Schema.Struct({
  host: Host.annotate({ description: "Name or address of the server" }),
  port: Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum: 1, maximum: 65_535 })))
    .annotate({ description: "Its port" })
    .pipe(Schema.withDecodingDefaultKey(Effect.succeed(22))),
  user: Schema.optionalKey(Schema.String.annotate({ description: "Name to sign in with; else that of this user" })),
  password: Schema.optionalKey(Schema.Redacted(Schema.String).annotate({ description: "Password of the user" })),
  keyFile: Schema.optionalKey(
    FilePath.annotate({ description: "File of a private key; else the usual ones in ~/.ssh, and the agent" })
  ),
  keyPassphrase: Schema.optionalKey(
    Schema.Redacted(Schema.String).annotate({ description: "What the private key is encrypted with" })
  ),
  agent: Schema.optionalKey(
    Schema.String.annotate({ description: "Socket of an agent that holds keys; pageant on Windows" })
  ),
  knownHosts: Schema.optionalKey(
    KnownHosts.annotate({
      description: `File of the keys of known hosts; else ~/.ssh/known_hosts and the system's; ${anyHost} believes any host`
    })
  ),
  hostKey: Schema.optionalKey(
    HostKey.annotate({ description: 'The only key the host may have, such as "ssh-ed25519 AAAA…"' })
  ),
  caseSensitive: Schema.optionalKey(
    Schema.Boolean.annotate({
      description:
        "Whether names that differ in letter case alone are two files there; else nobody knows, and one of two fails"
    })
  ),
  connectTimeout: Schema.Number.pipe(Schema.check(Schema.isBetween({ minimum: 0.1, maximum: 3600 })))
    .annotate({ description: "Seconds that connecting and signing in may take" })
    .pipe(Schema.withDecodingDefaultKey(Effect.succeed(20))),
  idleTimeout: Schema.Number.pipe(Schema.check(Schema.isBetween({ minimum: 0.1, maximum: 3600 })))
    .annotate({ description: "Seconds without an answer until the connection counts as broken" })
    .pipe(Schema.withDecodingDefaultKey(Effect.succeed(60)))
})
export type SftpOptions = typeof SftpOptions.Type

/** An agent is the one that this session has. */
export const environment = [{ agent: "SSH_AUTH_SOCK" }]

export const userOf = ({ user }: SftpOptions): string => user ?? userInfo().username
