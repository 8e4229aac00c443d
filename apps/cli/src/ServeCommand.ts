/** `serve`: from flags to the service, which is a program of its own. */
import * as fs from "node:fs"
import * as path from "node:path"
import * as SystemFailure from "@ourclone/backup/system/SystemFailure"
import { socketFile } from "@ourclone/client/SocketFile"
import { printable } from "@ourclone/core/events/PrintableText"
import { ThisMachine } from "@ourclone/jobs/kind/Surroundings"
import * as Effect from "effect/Effect"
import { CommandStopped, failed, usage } from "./ExitCode.ts"
import type { ListenAddress } from "./ListenAddress.ts"
import { folderIn as pluginFolder } from "./plugins/PluginFolder.ts"
import { ownProgram } from "./process/OwnProgram.ts"
import { sendSignal } from "./process/SendSignal.ts"
import * as SmallHeap from "./process/SmallHeap.ts"
import * as StopSignals from "./process/StopSignals.ts"
import * as ServiceAddress from "./ServiceAddress.ts"
import { Streams } from "./Streams.ts"
import { placed } from "./task/TaskProgram.ts"
import { version } from "./Version.ts"

export interface ServeFlags extends ServiceAddress.Given {
  readonly socket: string | undefined
  readonly root: ReadonlyArray<string>
  readonly allowedHost: ReadonlyArray<string>
  readonly trustedProxy: ReadonlyArray<string>
  readonly tlsKey: string | undefined
}

/** A link to set it up has one port, whichever address it is opened at. */
const portOf = (addresses: ReadonlyArray<ListenAddress>) => {
  const [port = 0, ...others] = new Set(addresses.map(({ port }) => port))
  return others.length === 0 ? Effect.succeed(port) : usage("--addr: all addresses must have the same port")
}

/** Whose home it is matters: that of root, or of a container, holds what nobody should reach from a page. */
const rootsOf = ({ root }: ServeFlags, home: string, isInside: boolean): ReadonlyArray<string> => {
  if (root.length > 0) return root.map((folder) => path.resolve(folder))
  return process.getuid?.() === 0 || isInside ? [] : [home]
}

const tlsOf = ({ tlsCertificate: certificate, tlsKey: key }: ServeFlags) => {
  if (certificate === undefined && key === undefined) return Effect.succeed(undefined)
  if (certificate === undefined || key === undefined) {
    return Effect.fail(usage("--tls-certificate and --tls-key belong together"))
  }
  return Effect.succeed({ certificate: path.resolve(certificate), key: path.resolve(key) })
}

const passwordVariable = "OURCLONE_ADMIN_PASSWORD_FILE"

const passwordOf = (file: string | undefined) =>
  file === undefined || file === ""
    ? Effect.succeed(undefined)
    : Effect.try({
        try: () => fs.readFileSync(file, "utf8").replace(/\r?\n$/, ""),
        catch: (error) => usage(`${passwordVariable}: "${file}" can not be read: ${SystemFailure.textOf(error)}`)
      })

const here = import.meta.dirname

/** For who keeps the page elsewhere. */
const pageVariable = "OURCLONE_PAGE"

/** Beside the program where it is packed, else where the page is built. */
const pages = [path.join(here, "web"), path.join(here, "../../server/dist/web")]

const load = Effect.promise(() => import("@ourclone/server/main"))

export const run = Effect.fnUntraced(function* (flags: ServeFlags) {
  StopSignals.heed()
  SmallHeap.keep()
  const streams = yield* Streams
  const machine = yield* ThisMachine
  const { serve } = yield* load
  const { environment } = streams
  const tls = yield* tlsOf(flags)
  const isInside = ServiceAddress.isContainer(environment)
  const addresses = ServiceAddress.addresses(flags, isInside)
  return yield* serve({
    listen: {
      addresses: addresses.map(({ address }) => address),
      port: yield* portOf(addresses),
      socket: flags.socket === undefined ? socketFile(machine.stateDirectory) : path.resolve(flags.socket),
      tls,
      trustedProxies: flags.trustedProxy
    },
    allowHttp: flags.allowHttp,
    allowedHosts: flags.allowedHost,
    roots: rootsOf(flags, machine.home, isInside),
    // What is in there runs with the service.
    ownFolders: [pluginFolder(environment)],
    password: yield* passwordOf(environment[passwordVariable]),
    version,
    runner: {
      command: ({ id, kind }) => placed(ownProgram("task", "run", "--id", id), kind, environment),
      watcher: ownProgram("task", "watch-folders"),
      environment,
      sendSignal
    },
    side: { command: ownProgram("serve-side"), environment },
    surroundings: { environment, home: machine.home, directory: process.cwd() },
    page: environment[pageVariable] ?? pages.find((folder) => fs.existsSync(folder)),
    say: (line) => streams.writeError(`${printable(line)}\n`)
  }).pipe(Effect.catchTag("ServeFailed", ({ message }) => Effect.fail(new CommandStopped({ code: failed, message }))))
})

export const side = Effect.gen(function* () {
  StopSignals.heed()
  SmallHeap.keep()
  const { environment, writeOut } = yield* Streams
  const machine = yield* ThisMachine
  const module = yield* load
  yield* module.side({
    input: process.stdin as AsyncIterable<Uint8Array>,
    say: (line) => writeOut(`${line}\n`),
    surroundings: { environment, home: machine.home, directory: process.cwd() }
  })
})
