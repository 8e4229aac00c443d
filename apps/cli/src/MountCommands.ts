/** `mount` and what is said to mounts. */
import { randomBytes } from "node:crypto"
import * as path from "node:path"
import * as Amount from "@ourclone/core/events/Amount"
import * as PrintableText from "@ourclone/core/events/PrintableText"
import { printable } from "@ourclone/core/events/PrintableText"
import type { Fact } from "@ourclone/core/events/RunEvent"
import * as FlushJob from "@ourclone/jobs/mount/FlushJob"
import type { Summary } from "@ourclone/jobs/mount/MountFields"
import * as MountJob from "@ourclone/jobs/mount/MountJob"
import * as MountsQuery from "@ourclone/jobs/mount/MountsQuery"
import * as SystemDoor from "@ourclone/jobs/mount/SystemDoor"
import * as UnmountJob from "@ourclone/jobs/mount/UnmountJob"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { absolute, absolutePath } from "./AbsolutePlace.ts"
import * as Ending from "./Ending.ts"
import * as ExitCode from "./ExitCode.ts"
import { given } from "./Given.ts"
import * as JobRun from "./JobRun.ts"
import * as MountDaemon from "./MountDaemon.ts"
import * as Output from "./Output.ts"
import { endProcess } from "./process/EndProcess.ts"
import * as QueryRun from "./QueryRun.ts"
import * as Table from "./repository/Table.ts"
import { told } from "./words/remedies.ts"

/** How many names are shown of what was not sent. */
const mostShown = 20

/** An address and an id mean the same wherever they are typed. */
const pointOf = (typed: string): string => {
  if (/^[0-9a-f]{8}$/.test(typed)) return typed
  return /^https?:/.test(typed) ? (URL.parse(typed)?.href ?? typed) : path.resolve(typed)
}

const unsentLine = ({ error, path: item, remedy, what }: Summary["unsent"][number]): string => {
  const deed = what === "removal" ? " (to be removed)" : ""
  return `  ${printable(item)}${deed}${error === undefined ? "" : `: ${printable(told({ message: error, remedy }))}`}`
}

/** Says what was not sent, and by whom it will be; ends with the code that means it. */
export const conclude = Effect.fnUntraced(function* (
  output: Output.Output,
  { unreachable, unsent }: Summary,
  sender = "the next mount of the place"
) {
  if (unsent.length === 0) return
  output.problem(
    `${Amount.count(unsent.length)} ${unsent.length === 1 ? "change is" : "changes are"} not at the storage yet:`
  )
  for (const one of unsent.slice(0, mostShown)) output.problem(unsentLine(one))
  if (unsent.length > mostShown) output.problem(`  and ${Amount.count(unsent.length - mostShown)} more`)
  output.problem(
    unreachable === undefined
      ? `they are kept, and sent by ${sender}`
      : `the storage does not answer (${printable(unreachable)}); they are kept, and sent by ${sender}`
  )
  return yield* new ExitCode.CommandStopped({
    code: unreachable === undefined ? ExitCode.someFilesFailed : ExitCode.tryLater,
    message: ""
  })
})

/** What a run that lasts says of itself. */
export const telling =
  (output: Output.Output, mounted: (point: string, place: string) => string) =>
  (fact: Fact): void => {
    if (fact._tag === "Step" && fact.name === "mounted") {
      output.note(mounted(String(fact.values?.point), String(fact.values?.place)))
      MountDaemon.tellParent()
    }
    if (fact._tag === "Note") output.note(printable(told(fact)))
  }

/** Of the server that the system's own client is sent to, where a mount is made so. */
const secretsOf = (output: Output.Output, request: MountJob.Request) => {
  const names = MountJob.kind.needs(request)
  if (names.length === 0) return new Map<string, Redacted.Redacted<string>>()
  const password = randomBytes(12).toString("base64url")
  output.note(`where the system asks: user ${SystemDoor.user}, password ${password}`)
  return new Map(names.map((name) => [name, Redacted.make(password)]))
}

interface MountFlags {
  readonly path: string | undefined
  readonly point: string | undefined
  readonly daemon: boolean
  readonly cacheDirectory: string | undefined
}

export const mount = Effect.fnUntraced(function* ({ daemon, path: typed, point, ...rest }: MountFlags) {
  if (typed === undefined || point === undefined) {
    return yield* ExitCode.usage(
      "say what to mount and where: ourclone mount REMOTE:PATH FOLDER; ourclone mount --help tells more"
    )
  }
  const output = yield* Output.make
  if (daemon) return yield* MountDaemon.start(output, path.resolve(point))
  Ending.endBy(endProcess)
  const cacheDirectory = absolutePath(rest.cacheDirectory)
  const request = { ...given({ ...rest, cacheDirectory }), path: absolute(typed), point: path.resolve(point) }
  const { summary } = yield* JobRun.run(MountJob.kind, request, output, {
    isPreview: false,
    asksForProgress: "never",
    inWords: () => undefined,
    secrets: secretsOf(output, request),
    result: telling(output, (at, place) => `${printable(place)} is mounted at ${printable(at)}; ^C unmounts it`)
  })
  return yield* conclude(output, summary)
}, Effect.scoped)

const asking = { isPreview: false, asksForProgress: "never", inWords: () => undefined } as const

export const unmount = Effect.fnUntraced(function* (flags: {
  readonly point: string
  readonly timeoutMillis: number | undefined
  readonly force: boolean
}) {
  const output = yield* Output.make
  const request = { ...given(flags), point: pointOf(flags.point) }
  const { summary } = yield* JobRun.run(UnmountJob.kind, request, output, asking)
  return yield* conclude(output, summary)
}, Effect.scoped)

export const flush = Effect.fnUntraced(function* (flags: {
  readonly point: string
  readonly timeoutMillis: number | undefined
}) {
  const output = yield* Output.make
  const request = { ...given(flags), point: pointOf(flags.point) }
  const { summary } = yield* JobRun.run(FlushJob.kind, request, output, asking)
  return yield* conclude(output, summary, "this mount once it can")
}, Effect.scoped)

const rowsOf = Effect.fnUntraced(function* (output: Output.Output, point: string | undefined) {
  const rows: Array<MountsQuery.Row> = []
  const request = point === undefined ? {} : { point: pointOf(point) }
  yield* QueryRun.each(MountsQuery.kind, request, output, (some) => rows.push(...some))
  return rows
})

const waitingOf = ({ status }: MountsQuery.Row): string => {
  if (status === undefined) return "does not answer"
  const { parked, unreachable, waiting } = status
  if (unreachable !== undefined) return `${Amount.count(waiting + parked)}, storage away`
  return parked === 0 ? Amount.count(waiting) : `${Amount.count(waiting)}, ${Amount.count(parked)} refused`
}

export const list = (point: string | undefined) =>
  Effect.scoped(
    Effect.gen(function* () {
      const output = yield* Output.make
      const rows = yield* rowsOf(output, point)
      if (output.isJson) return output.raw(`${PrintableText.json(rows)}\n`)
      const cells = rows.map((row) => [
        row.id,
        printable(row.point),
        printable(row.place),
        row.isReadOnly ? "read-only" : "read-write",
        waitingOf(row)
      ])
      if (rows.length === 0) return output.note("nothing is mounted")
      for (const line of Table.lines(["ID", "Where", "What", "How", "To be sent"], cells)) output.line(line)
    })
  )

export const status = (point: string) =>
  Effect.scoped(
    Effect.gen(function* () {
      const output = yield* Output.make
      const [row] = yield* rowsOf(output, point)
      if (row === undefined) return
      if (output.isJson) return output.raw(`${PrintableText.json(row)}\n`)
      output.line(`${printable(row.place)} at ${printable(row.point)}, ${row.isReadOnly ? "read-only" : "read-write"}`)
      output.line(`process ${row.process.pid}, since ${Amount.time(row.startedAt)}`)
      const { status: now } = row
      if (now === undefined) return output.line("it does not answer")
      output.line(`to be sent: ${waitingOf(row)}; being sent: ${now.sending}; sent: ${Amount.count(now.sent)}`)
      output.line(
        `open: ${Amount.count(now.open)}; kept here: ${Amount.bytes(now.cacheUsed)} of ${Amount.bytes(now.cacheSize)}`
      )
      if (now.hidden > 0) output.line(`not shown, as no folder can hold their names: ${Amount.count(now.hidden)}`)
      if (now.unreachable !== undefined) output.line(`the storage does not answer: ${printable(now.unreachable)}`)
      for (const one of row.unsent.slice(0, mostShown)) output.line(unsentLine(one))
    })
  )
