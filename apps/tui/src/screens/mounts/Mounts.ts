/** Storage that is shown as folders of this machine. */
import * as SchemaField from "@ourclone/core/contract/SchemaField"
import * as Amount from "@ourclone/core/events/Amount"
import { mounting } from "@ourclone/jobs/mount/MountFields"
import { hasEnded } from "@ourclone/tasks/task/TaskState"
import * as ListCommands from "../../command/ListCommands.ts"
import type { Command } from "../../command/Screen.ts"
import type { World } from "../../command/World.ts"
import * as Places from "../../words/Places.ts"
import { clock } from "../../words/StateWords.ts"
import { question } from "../asked/Question.ts"
import { browser } from "../browse/Browser.ts"
import { blamePlace } from "../form/Blame.ts"
import * as Field from "../form/Field.ts"
import { form } from "../form/Form.ts"
import * as RowsScreen from "../RowsScreen.ts"

interface Mount {
  readonly id: string
  readonly place: string
  readonly point: string
  readonly isReadOnly: boolean
  readonly startedAt: number
  /** Files that the storage has not been told yet; undefined where the mount does not answer. */
  readonly unsent: number | undefined
}
type State = RowsScreen.RowsState<Mount, Record<never, never>>

type Fields = { readonly [name: string]: unknown }

/** Of a row of the query `mounts`. */
const parse = (row: unknown): Mount | undefined => {
  if (typeof row !== "object" || row === null) return undefined
  const fields = row as Fields
  if (typeof fields["point"] !== "string" || typeof fields["place"] !== "string") return undefined
  const status = fields["status"] as Fields | undefined
  const count = (name: string): number => (typeof status?.[name] === "number" ? (status[name] as number) : 0)
  return {
    id: String(fields["id"]),
    place: fields["place"],
    point: fields["point"],
    isReadOnly: fields["isReadOnly"] === true,
    startedAt: Number(fields["startedAt"]),
    unsent: status === undefined ? undefined : count("waiting") + count("parked") + count("sending")
  }
}

const readOnly = SchemaField.describe("readOnly", mounting.readOnly)
const allowNonEmpty = SchemaField.describe("allowNonEmpty", mounting.allowNonEmpty)
const path = SchemaField.describe("path", mounting.path)
const point = SchemaField.describe("point", mounting.point)

const newMount = (_: World) =>
  form({
    title: "Mounts › New mount",
    says: ["Storage as a folder: opened and changed with any program. Unmount before the machine goes off."],
    fields: [
      Field.ofSchema(path, "", "Storage"),
      { ...Field.ofSchema(point, "", "Folder"), about: "An empty folder of this machine: ~/photos" },
      Field.ofSchema(readOnly, "", "Only to read"),
      Field.ofSchema(allowNonEmpty, "", "Hide what is in it")
    ],
    submitLabel: "Mount",
    submit: ({ allowNonEmpty = "", path = "", point = "", readOnly = "" }, { directory, home }) => ({
      asks: [
        {
          _tag: "Start",
          tag: "mount",
          kind: "mount",
          request: {
            path: Places.absolute(path, home, directory),
            point: Places.absolute(point, home, directory),
            ...(readOnly === "yes" ? { readOnly: true } : {}),
            ...(allowNonEmpty === "yes" ? { allowNonEmpty: true } : {})
          },
          isShown: true,
          isTried: true
        }
      ]
    }),
    blame: (failure, { path = "" }, { directory, home }) =>
      blamePlace(failure, { path: Places.absolute(path, home, directory) }) ??
      (failure.code.startsWith("Mount") ? "point" : undefined),
    done: ({ _tag }) => (_tag === "Started" ? { close: true } : undefined)
  })

const unsentText = ({ unsent }: Mount): string =>
  unsent === undefined ? "does not answer" : unsent === 0 ? "all sent" : `${Amount.files(unsent)} unsent`

const none = (state: State): string | undefined =>
  RowsScreen.chosen(state) === undefined ? "Nothing is mounted" : undefined

const commands: ReadonlyArray<Command<State>> = [
  {
    id: "mounts.open",
    keys: ["enter", "l", "right"],
    label: "Open",
    about: "Its folder, in the browser",
    whyNot: (state) => (state.list.isFiltering ? undefined : none(state)),
    run: (state, world) =>
      ListCommands.enter(RowsScreen.lensOf<Mount, Record<never, never>>(), (now) => {
        const mount = RowsScreen.chosen(now)
        return mount === undefined ? {} : browser(mount.point, world)
      })(state)
  },
  { id: "mounts.new", keys: ["n"], label: "New mount", run: (_, world) => ({ open: newMount(world) }) },
  {
    id: "mounts.unmount",
    keys: ["U"],
    label: "Unmount",
    about: "Sends what is not sent yet first; asks with the count",
    whyNot: none,
    run: (state) => {
      const mount = RowsScreen.chosen(state)!
      return {
        open: question(
          "Unmount?",
          [`${mount.point}: ${unsentText(mount)}. What is not sent yet is sent first.`],
          [
            {
              label: `Unmount ${mount.point}`,
              asks: [{ _tag: "Start", tag: "unmount", kind: "unmount", request: { point: mount.point }, isShown: true }]
            }
          ]
        )
      }
    }
  },
  {
    id: "mounts.flush",
    keys: ["f"],
    label: "Send now",
    whyNot: none,
    run: (state) => ({
      asks: [
        {
          _tag: "Start",
          tag: "flush",
          kind: "flushMount",
          request: { point: RowsScreen.chosen(state)!.point },
          isShown: false
        }
      ]
    })
  }
]

const options: RowsScreen.RowsOptions<Mount, Record<never, never>> = {
  name: "Mounts",
  title: () => "Mounts",
  table: {
    columns: [
      { head: "Folder", width: 24, text: ({ point }, { home }) => Places.short(point, home) },
      { head: "Storage", text: ({ place }, { home }) => Places.short(place, home) },
      { head: "", width: 10, from: 76, text: ({ isReadOnly }) => (isReadOnly ? "read only" : "read/write") },
      { head: "Since", width: 11, from: 90, text: ({ startedAt }, { now }) => clock(startedAt, now) },
      { head: "Unsent", width: 16, text: unsentText, tone: ({ unsent }) => (unsent === 0 ? "plain" : "warn") }
    ],
    empty: ["Nothing is mounted. A mount shows storage as a folder.", "", "n makes one."]
  },
  list: { keyOf: ({ id }) => id, textOf: ({ place, point }) => `${point} ${place}` },
  query: () => ({ type: "mounts", request: {} }),
  parse,
  one: "mount",
  isRoot: true,
  isLive: true,
  // A mount that runs has facts when it is there; how much it has not sent yet is looked up each time that one comes here.
  mark: ({ tasks, visits }) =>
    `${visits} ${tasks.flatMap(({ kind, seq, state }) => (kind === "mount" && !hasEnded(state) ? [seq] : [])).join()}`,
  commands
}

export const kind = RowsScreen.kindOf(options)

export const mounts = (_: World) => RowsScreen.root(kind, options, {})
