/** What is done with what is marked, else chosen: copied, moved, synced, deleted; what changes something asks or plans first. */
import * as Amount from "@ourclone/core/events/Amount"
import type { Step } from "../../command/Screen.ts"
import type { World } from "../../command/World.ts"
import * as Places from "../../words/Places.ts"
import { question } from "../asked/Question.ts"
import * as Field from "../form/Field.ts"
import { form } from "../form/Form.ts"
import { plan } from "../migrate/Plan.ts"
import type { Entry } from "./Entry.ts"
import type { Pane } from "./Pane.ts"
import { meant, otherOf, paneOf, type Side, type State } from "./State.ts"

interface Subject {
  readonly place: string
  /** "" for several. */
  readonly name: string
  readonly isFolder: boolean
  readonly include?: ReadonlyArray<string>
}

/** The files meant as one job: a whole folder, one file, or a folder with a filter. */
const subject = (state: State): Subject => {
  const entries = meant(state)
  const { place } = paneOf(state)
  const [one] = entries
  return entries.length === 1 && one !== undefined
    ? { place: Places.inside(place, one.name), name: one.name, isFolder: one.isFolder }
    : { place: Places.asFolder(place), name: "", isFolder: true, include: Places.only(entries) }
}

export const transfer =
  (kind: "copy" | "move") =>
  (state: State): Step<State> => {
    const { include, isFolder, name, place } = subject(state)
    const to = otherOf(state).place
    const destination = isFolder && name !== "" ? Places.inside(to, name) : Places.asFolder(to)
    return plan(kind, {
      source: isFolder ? Places.asFolder(place) : place,
      destination,
      ...(include === undefined ? {} : { include: [...include] })
    })
  }

export const sync = (state: State): Step<State> =>
  plan("sync", { source: Places.asFolder(paneOf(state).place), destination: Places.asFolder(otherOf(state).place) })

export const countText = (entries: ReadonlyArray<Entry>): string => {
  const folders = entries.filter(({ isFolder }) => isFolder).length
  const files = entries.length - folders
  return [
    files > 0 ? Amount.files(files) : undefined,
    folders > 0
      ? `${Amount.counted(folders, "folder")} with all that is in ${folders === 1 ? "it" : "them"}`
      : undefined
  ]
    .filter((part) => part !== undefined)
    .join(" and ")
}

const isLocal = (place: string): boolean => !/^[^/]+:/.test(place)

/** The tag by which the browser hears that what was meant at that side is being deleted. */
export const removalTag = (side: Side) => `remove${side}` as const

export const askToDelete = (state: State, { home }: World): Step<State> => {
  const entries = meant(state)
  const { include, isFolder, name, place } = subject(state)
  const request = {
    path: isFolder ? Places.asFolder(place) : place,
    ...(isFolder ? { recursive: true } : {}),
    ...(include === undefined ? {} : { include: [...include] })
  }
  const what = entries.length === 1 ? name : countText(entries)
  const says = [
    `${countText(entries)} in ${Places.short(paneOf(state).place, home)}${entries.length === 1 ? `: ${name}` : ""}`,
    isLocal(place)
      ? "On a computer's own disk they are gone for good."
      : "Where the storage keeps versions they stay, and U brings them back."
  ]
  return {
    open: question("Delete?", says, [
      {
        label: `Delete ${what}`,
        asks: [{ _tag: "Start", tag: removalTag(state.side), kind: "remove", request, isShown: false }]
      }
    ])
  }
}

/** Of an account, where buckets are listed. */
export const isRoot = ({ place }: Pane): boolean => place.endsWith(":") && Places.above(place) === undefined

export const makeFolder = (state: State): Step<State> => {
  const { place } = paneOf(state)
  const what = isRoot(paneOf(state)) ? "bucket" : "folder"
  return {
    open: form({
      title: `Make a ${what}`,
      fields: [Field.text("name", "Name", `In ${place.replace(/:$/, "")}`, { isRequired: true })],
      submitLabel: `Make ${what}`,
      // There is but one field to be wrong.
      blame: () => "name",
      submit: ({ name = "" }) => {
        const made = Places.inside(place, name)
        const job =
          what === "bucket"
            ? { kind: "createBucket", request: { bucket: made } }
            : { kind: "mkdir", request: { path: made } }
        return { asks: [{ _tag: "Start", tag: "make", ...job, isShown: false, isTried: true }] }
      },
      done: ({ _tag }) => (_tag === "Started" ? { close: true } : undefined)
    })
  }
}

/** The tag by which the browser hears where to go. */
export const goTag = "goTo"

export const goForm = (_: State, world: World): Step<State> => ({
  open: form({
    title: "Go to",
    fields: [Field.text("place", "Place", "photos:my-bucket/2024, ~/Pictures", { isRequired: true })],
    submitLabel: "Go",
    submit: ({ place = "" }) => ({
      close: true,
      hand: { _tag: "Said", tag: goTag, says: Places.absolute(place, world.home, world.directory) }
    })
  })
})
