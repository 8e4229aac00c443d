import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import { usage } from "../ExitCode.ts"
import { on, place, text } from "../Flags.ts"
import { lazily } from "../Lazily.ts"
import { hookFlags } from "./hooks.ts"

/** Not listed: it is for programs, which know what goes in. */
const run = Command.make(
  "run",
  {
    stdin: on("stdin", "Take one order from standard input, and print what happens as JSON lines"),
    id: text("id", "id", "Run this task of the journal, which keeps what happens")
  },
  ({ id, stdin }) =>
    Effect.gen(function* () {
      if (stdin === (id !== undefined)) return yield* usage("say what to run: --stdin or --id")
      if (id === undefined) {
        return yield* lazily(
          () => import("../task/OrderedRun.ts"),
          (module) => module.run
        )
      }
      return yield* lazily(
        () => import("../task/TaskRunner.ts"),
        (module) => module.run(id)
      )
    })
).pipe(
  Command.withDescription(
    "Run one job for another program: the order on standard input and events on standard output, or a task of the journal"
  ),
  Command.unlisted
)

/** Not listed: it is for the screens. */
const look = Command.make("look", {}, () =>
  lazily(
    () => import("../task/TaskDesk.ts"),
    (module) => module.run
  )
).pipe(Command.withDescription("Look into storage for the screens, as they ask by lines"), Command.unlisted)

const watchFolders = Command.make("watch-folders", {}, () =>
  lazily(
    () => import("../task/TaskFolders.ts"),
    (module) => module.run
  )
).pipe(Command.withDescription("Watch the folders of schedules, as lines say"), Command.unlisted)

const id = place("id", "The task, by as much of its id as means no other")
const ids = { ids: id.pipe(Argument.atLeast(1)) }

const start = Command.make(
  "start",
  {
    priority: Flag.Int("priority").pipe(
      Flag.withMetavar("number"),
      Flag.withDescription("Higher goes first"),
      Flag.withDefault(0)
    ),
    ...hookFlags,
    words: Argument.String("command").pipe(
      Argument.withDescription("Behind --: a command of this program, without its own name"),
      Argument.atLeast(1)
    )
  },
  (flags) =>
    lazily(
      () => import("../task/TaskStart.ts"),
      (module) => module.start(flags)
    )
).pipe(
  Command.withDescription(
    "Run a command in the background: it goes on when the terminal is closed. With a service it waits for its turn. Passwords it needs must be in the configuration"
  ),
  Command.withShortDescription("Run a command in the background"),
  Command.withExamples([
    { command: "ourclone task start -- sync ~/Pictures b2:my-bucket", description: "And watch it with task watch" },
    {
      command:
        "ourclone task start --before mount --before /mnt/nas --after umount --after /mnt/nas -- sync /mnt/nas b2:my-bucket",
      description: "With something to do before and after each run"
    }
  ])
)

const list = Command.make(
  "list",
  {
    all: on("all", "The newest of all, rather than those under way first"),
    limit: Flag.Int("limit").pipe(
      Flag.withMetavar("count"),
      Flag.withDescription("How many at most"),
      Flag.withDefault(50)
    )
  },
  (flags) =>
    lazily(
      () => import("../task/TaskLook.ts"),
      (module) => module.list(flags)
    )
).pipe(
  Command.withDescription(
    "List tasks: those under way or waiting for their turn, then those that ended, the newest first"
  ),
  Command.withShortDescription("List tasks"),
  Command.withExamples([
    { command: "ourclone task list", description: "What runs, and what ran last" },
    { command: "ourclone task list --all --limit 500 --json", description: "For a program" }
  ])
)

const show = Command.make("show", { id }, (flags) =>
  lazily(
    () => import("../task/TaskLook.ts"),
    (module) => module.show(flags)
  )
).pipe(
  Command.withDescription("Show one task: its state, its counts, and what failed or was skipped and why"),
  Command.withShortDescription("Show one task, and what failed"),
  Command.withExamples([{ command: "ourclone task show 1m8mp3", description: "The id may be cut short" }])
)

const watch = Command.make(
  "watch",
  { id, progress: on("progress", "Show how far it is, also where standard error is no terminal") },
  (flags) =>
    lazily(
      () => import("../task/TaskWatch.ts"),
      (module) => module.watch(flags)
    )
).pipe(
  Command.withDescription(
    "Follow a task until it ends, wherever it runs, and end with its exit code. Ending the watching leaves the task alone"
  ),
  Command.withShortDescription("Follow a task until it ends"),
  Command.withExamples([
    { command: "ourclone task watch 1m8mp3", description: "As if it ran here" },
    { command: "ourclone task watch --json 1m8mp3", description: "Every event, from the first on" }
  ])
)

const why = Command.make("why", { path: place("path", "A path as the task names it") }, (flags) =>
  lazily(
    () => import("../task/TaskLook.ts"),
    (module) => module.why(flags)
  )
).pipe(
  Command.withDescription("Say what became of a file in the tasks that are kept, the newest first"),
  Command.withShortDescription("Say what became of a file"),
  Command.withExamples([
    { command: "ourclone task why 2026/video.mov", description: "Stored, skipped or failed, and when" }
  ])
)

const prune = Command.make(
  "prune",
  {
    olderThan: text("older-than", "age", "Forget tasks that ended longer ago; a year when absent"),
    factsOlderThan: text(
      "facts-older-than",
      "age",
      "Keep only sums of tasks that ended longer ago; 30 days when absent"
    ),
    maxSize: text("max-size", "size", "Above this, keep only sums of the tasks that ended first; 1G when absent")
  },
  (flags) =>
    lazily(
      () => import("../task/TaskPrune.ts"),
      (module) => module.prune(flags)
    )
).pipe(
  Command.withDescription("Forget what is kept of old tasks. A service does that by itself"),
  Command.withShortDescription("Forget what is kept of old tasks"),
  Command.withExamples([
    { command: "ourclone task prune --facts-older-than 7d", description: "Keep a week of details" }
  ])
)

const undo = Command.make(
  "undo",
  {
    id,
    partly: on("partly", "Take back what can be, though some of it can not"),
    dryRun: on("dry-run", "Print what would be done and change nothing")
  },
  (flags) =>
    lazily(
      () => import("../task/TaskUndo.ts"),
      (module) => module.undo(flags)
    )
).pipe(
  Command.withDescription(
    "Take a copy, sync, move or removal back where the storage kept the versions: what was overwritten or removed comes back, what was new is hidden. Says before what it can not take back, and then does nothing without --partly"
  ),
  Command.withShortDescription("Take a copy, sync, move or removal back"),
  Command.withExamples([
    { command: "ourclone task undo --dry-run 1m8mp3", description: "See what would be done" },
    { command: "ourclone task undo 1m8mp3", description: "Do it" }
  ])
)

const wish = <const What extends "pause" | "resume" | "cancel" | "retry">(
  what: What,
  description: string,
  example: string
) =>
  Command.make(what, ids, (flags) =>
    lazily(
      () => import("../task/TaskWishes.ts"),
      (module) => module.wish(what, flags)
    )
  ).pipe(
    Command.withDescription(description),
    Command.withExamples([{ command: `ourclone task ${what} 1m8mp3`, description: example }])
  )

export const task = Command.make("task").pipe(
  Command.withDescription("See what runs or ran, wherever it was started, and say what is to become of it"),
  Command.withSubcommands([
    start,
    list,
    show,
    watch,
    wish("pause", "Hold tasks up until somebody resumes them; what is on its way is finished or begun anew", "For now"),
    wish("resume", "Let tasks go on that were paused", "From where it was"),
    wish("cancel", "End tasks; what they have done stays", "Also one that another terminal runs"),
    wish(
      "retry",
      "Run tasks that ended once more: what failed or is not done yet is taken up",
      "After the cause is gone"
    ),
    undo,
    why,
    prune,
    run,
    look,
    watchFolders
  ]),
  Command.withExamples([
    { command: "ourclone task list", description: "What runs, and what ran last" },
    { command: "ourclone task cancel 1m8mp3", description: "End one" }
  ])
)
