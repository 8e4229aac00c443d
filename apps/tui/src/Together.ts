/** What every face of this package is made of: the link to a service or to this machine, and the screens' program. */
import { homedir, userInfo } from "node:os"
import { callMachine } from "@ourclone/core/machine/ProcessIdentity"
import * as StandardPaths from "@ourclone/core/machine/StandardPaths"
import { databaseOf } from "@ourclone/jobs/kind/Surroundings"
import * as Effect from "effect/Effect"
import type { Screen, Tab } from "./command/Screen.ts"
import type { World } from "./command/World.ts"
import { firstWorld } from "./FirstFrame.ts"
import { type Found, find } from "./link/FindService.ts"
import * as App from "./program/App.ts"
import type { Surroundings } from "./program/Asks.ts"
import { everywhere } from "./program/Everywhere.ts"
import { roots } from "./screens/Roots.ts"
import * as KeptState from "./terminal/KeptState.ts"

export interface TogetherOptions {
  /** What runs `ourclone` itself. */
  readonly program: readonly [string, ...ReadonlyArray<string>]
  /** The address of a service, where one was named. */
  readonly server: string | undefined
  readonly around: Omit<Surroundings, "keep">
}

/** The journal, runners of its own, and a desk: loaded where no service does it. */
const local = Effect.fnUntraced(function* (program: TogetherOptions["program"], stateDirectory: string, home: string) {
  const [OpenStore, DeskProcess, LocalLink] = yield* Effect.promise(() =>
    Promise.all([
      import("@ourclone/tasks/store/OpenStore"),
      import("./link/DeskProcess.ts"),
      import("./link/LocalLink.ts")
    ])
  )
  const environment = process.env
  const machine = environment.OURCLONE_MACHINE ?? ""
  if (machine !== "") callMachine(machine)
  const database = databaseOf(environment)
  const store = yield* OpenStore.open({ database, stateDirectory })
  const desk = yield* DeskProcess.make({ command: [...program, "task", "look"], environment })
  return yield* LocalLink.make({
    store,
    desk,
    runner: {
      command: ({ id }) => [...program, "task", "run", "--id", id],
      watcher: [...program, "task", "watch-folders"],
      environment,
      sendSignal: (pid, signal) => void process.kill(pid, signal)
    },
    configurationFile: StandardPaths.configurationFile(environment, home),
    isShared: database !== undefined,
    by: userInfo().username,
    onProblem: () => {}
  })
})

const far = ({ service }: Found) => Effect.promise(async () => (await import("./link/ServiceLink.ts")).make(service))

/** Where places begin: of a service elsewhere in the first folder that may be used there. */
const placesOf = ({ host, isThisMachine, roots: [root = "/"] }: Found): Partial<World> =>
  isThisMachine
    ? { service: "service" }
    : { service: host, machine: `The computer ${host}`, home: root, directory: root }

/** Until the scope closes. Fails where the journal can not be read, or the service that was named does not answer. */
export const make = Effect.fnUntraced(function* ({ around, program, server }: TogetherOptions) {
  const environment = process.env
  const home = environment["HOME"] || homedir()
  const stateDirectory = StandardPaths.stateDirectory(environment, home)
  const keptFile = KeptState.fileIn(stateDirectory)
  let kept = KeptState.read(keptFile)
  const named = server ?? environment["OURCLONE_SERVER"]
  const found = yield* find({ server: named, environment, home, stateDirectory })
  return yield* App.make({
    link: found === undefined ? yield* local(program, stateDirectory, home) : yield* far(found),
    world: { ...firstWorld({ environment, home, kept }), ...(found === undefined ? {} : placesOf(found)) },
    tab: KeptState.tabIn(kept),
    roots: roots as { readonly [Name in Tab]: (world: World) => Screen },
    commands: everywhere,
    around: {
      ...around,
      keep: (name, value) => {
        kept = { ...kept, [name]: value }
        KeptState.write(keptFile, kept)
      }
    }
  })
})
