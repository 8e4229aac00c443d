/** What every face of this package is made of: the journal, the desk, the link and the screens' program. */
import { homedir, userInfo } from "node:os"
import { callMachine } from "@ourclone/core/machine/ProcessIdentity"
import * as StandardPaths from "@ourclone/core/machine/StandardPaths"
import { databaseOf } from "@ourclone/jobs/kind/Surroundings"
import * as OpenStore from "@ourclone/tasks/store/OpenStore"
import * as Effect from "effect/Effect"
import type { Screen, Tab } from "./command/Screen.ts"
import type { World } from "./command/World.ts"
import * as Marks from "./lines/Marks.ts"
import * as DeskProcess from "./link/DeskProcess.ts"
import * as LocalLink from "./link/LocalLink.ts"
import * as App from "./program/App.ts"
import { everywhere } from "./program/Everywhere.ts"
import { roots } from "./screens/Roots.ts"
import * as KeptState from "./terminal/KeptState.ts"

export interface TogetherOptions {
  /** What runs `ourclone` itself. */
  readonly program: readonly [string, ...ReadonlyArray<string>]
  readonly around: Omit<App.Surroundings, "keep">
}

const tabOf = (kept: KeptState.Kept): Tab => {
  const tab = kept.tab
  return typeof tab === "string" && Object.hasOwn(roots, tab) ? (tab as Tab) : "storage"
}

/** Until the scope closes. Fails where the journal can not be read. */
export const make = Effect.fnUntraced(function* ({ around, program }: TogetherOptions) {
  const environment = process.env
  const machine = environment.OURCLONE_MACHINE ?? ""
  if (machine !== "") callMachine(machine)
  const home = environment.HOME || homedir()
  const stateDirectory = StandardPaths.stateDirectory(environment, home)
  const keptFile = KeptState.fileIn(stateDirectory)
  let kept = KeptState.read(keptFile)
  const database = databaseOf(environment)
  const store = yield* OpenStore.open({ database, stateDirectory })
  const desk = yield* DeskProcess.make({ command: [...program, "task", "look"], environment })
  const link = yield* LocalLink.make({
    store,
    desk,
    runner: {
      command: ({ id }) => [...program, "task", "run", "--id", id],
      environment,
      sendSignal: (pid, signal) => void process.kill(pid, signal)
    },
    isShared: database !== undefined,
    by: userInfo().username,
    onProblem: () => {}
  })
  const world: World = {
    now: Date.now(),
    tasks: [],
    views: new Map(),
    remotes: [],
    repositories: [],
    schedules: [],
    lost: undefined,
    service: "",
    notices: [],
    home,
    directory: process.cwd(),
    marks: Marks.of(environment),
    kept
  }
  return yield* App.make({
    link,
    world,
    tab: tabOf(kept),
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
