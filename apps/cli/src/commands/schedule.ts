import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { place, text } from "../Flags.ts"
import { lazily } from "../Lazily.ts"
import { profileFlag } from "../RepositoryFlags.ts"
import { hookFlags } from "./hooks.ts"

const load = () => import("../task/ScheduleCommand.ts")

const name = place("name", "The schedule, by its name")
const zone = text("zone", "zone", "The time zone, such as Europe/Berlin; this machine's when absent")
const cron = Flag.String("cron").pipe(
  Flag.withMetavar("time"),
  Flag.withDescription(
    'Minute, hour, day, month and weekday, such as "30 2 * * *"; or @hourly, @daily, @weekly, @monthly'
  )
)

const list = Command.make("list", {}, () => lazily(load, (module) => module.list)).pipe(
  Command.withDescription(
    "List schedules: what they run, when next, how the last run went, and since when all is well"
  ),
  Command.withShortDescription("List schedules"),
  Command.withExamples([{ command: "ourclone schedule list", description: "All of them" }])
)

const add = Command.make(
  "add",
  {
    name: place("name", "What it is called"),
    cron,
    zone,
    jitter: text("jitter", "duration", "Begin up to so much later, always as much for one schedule, such as 10m"),
    watch: text("watch", "folder", "Run soon after something in there has changed, too"),
    missed: Flag.Literals("missed", ["once", "skip"]).pipe(
      Flag.withDescription("Whether a run that was due while nothing could start it is made up for, once"),
      Flag.withDefault("once" as const)
    ),
    ...hookFlags,
    profile: profileFlag,
    words: Argument.String("command").pipe(
      Argument.withDescription("Behind --: a command of this program, without its own name"),
      Argument.atLeast(1)
    )
  },
  (flags) => lazily(load, (module) => module.add(flags))
).pipe(
  Command.withDescription(
    "Run a command by the clock, as long as a service runs. Passwords it needs must be in the configuration"
  ),
  Command.withShortDescription("Run a command by the clock"),
  Command.withExamples([
    {
      command: 'ourclone schedule add nightly --cron "30 2 * * *" -- backup ~/Documents --repo home',
      description: "A backup each night"
    },
    {
      command: "ourclone schedule add photos --cron @daily --watch ~/Pictures -- sync ~/Pictures b2:my-bucket",
      description: "Whenever something changes, and once a day in full"
    }
  ])
)

const named = { name }

const on = Command.make("on", named, (flags) => lazily(load, (module) => module.turn(true, flags))).pipe(
  Command.withDescription("Let a schedule run again"),
  Command.withExamples([{ command: "ourclone schedule on nightly", description: "From now on" }])
)

const off = Command.make("off", named, (flags) => lazily(load, (module) => module.turn(false, flags))).pipe(
  Command.withDescription("Keep a schedule, and do not run it"),
  Command.withExamples([{ command: "ourclone schedule off nightly", description: "For a while" }])
)

const remove = Command.make("remove", named, (flags) => lazily(load, (module) => module.remove(flags))).pipe(
  Command.withDescription("Forget a schedule; the tasks that it made stay in the list"),
  Command.withExamples([{ command: "ourclone schedule remove nightly", description: "For good" }])
)

const run = Command.make("run", named, (flags) => lazily(load, (module) => module.run(flags))).pipe(
  Command.withDescription("Run what a schedule runs, now"),
  Command.withExamples([{ command: "ourclone schedule run nightly", description: "As a task of its own" }])
)

const due = Command.make("due", { cron, zone }, (flags) => lazily(load, (module) => module.due(flags))).pipe(
  Command.withDescription("Print the next five moments of a time as schedules write it"),
  Command.withExamples([{ command: 'ourclone schedule due --cron "0 9 * * MON"', description: "On Mondays at nine" }])
)

export const schedule = Command.make("schedule").pipe(
  Command.withDescription("Run commands by the clock, or when a folder changes"),
  Command.withSubcommands([list, add, on, off, remove, run, due]),
  Command.withExamples([{ command: "ourclone schedule list", description: "What runs when" }])
)
