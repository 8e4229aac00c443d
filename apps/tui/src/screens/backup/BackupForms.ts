/** What is asked before a repository, a backup or a restore begins. */
import * as SchemaField from "@ourclone/core/contract/SchemaField"
import type { Failure } from "@ourclone/core/events/Failure"
import { excludes } from "@ourclone/jobs/repository/Fields"
import type { Ask } from "../../command/Ask.ts"
import type { World } from "../../command/World.ts"
import * as Places from "../../words/Places.ts"
import { blameName } from "../form/Blame.ts"
import * as Field from "../form/Field.ts"
import { form } from "../form/Form.ts"
import { plan } from "../migrate/Plan.ts"

const secret = (repository: string, value: string): Ask => ({
  _tag: "Secret",
  name: `repository:${repository}`,
  value
})

/** Repositories that were opened by their place, so that they are found again. */
export const keptPlaces = ({ kept }: World): ReadonlyArray<string> =>
  Array.isArray(kept["repositories"]) ? kept["repositories"].map(String) : []

export const keepPlace = (world: World, place: string): Ask => ({
  _tag: "Keep",
  name: "repositories",
  value: [...new Set([...keptPlaces(world), place])]
})

const addTag = "add"

/** Whatever wants its password finds it by what it will be called. */
const add = (isNew: boolean, name: string, location: string, password: string): ReadonlyArray<Ask> => [
  ...(password === "" ? [] : [secret(name === "" ? location : name, password)]),
  { _tag: "AddRepository", tag: addTag, name, location, isNew }
]

const nameField = ({ service }: World) =>
  Field.text(
    "name",
    "Name",
    service === ""
      ? "What it is called here; without one it is called by its path"
      : "What it is called; the service keeps its password under it",
    { isRequired: service !== "" }
  )

/** What is not there, refused or no repository is so at its place, whatever the requests call that. */
const blame = (failure: Failure): string | undefined =>
  blameName(failure) ?? (failure.item === "password" || failure.item === "name" ? failure.item : "place")

export const newRepository = (world: World) =>
  form({
    title: "Backup › New repository",
    says: [
      "A repository keeps encrypted snapshots. Its password is needed for every snapshot and every restore; nobody can recover it."
    ],
    fields: [
      Field.text("place", "Storage path", "photos:my-bucket/ourclone-backups, or a folder", { isRequired: true }),
      nameField(world),
      Field.text("password", "Password", "Keep it somewhere safe before you go on", {
        isRequired: true,
        isSecret: true
      }),
      Field.text("again", "Password again", "The same once more", { isRequired: true, isSecret: true })
    ],
    submitLabel: "Make repository",
    blame,
    submit: ({ again = "", name = "", password = "", place = "" }, world) => {
      if (password !== again) return { errors: { again: "is not the same" } }
      return { asks: add(true, name, Places.absolute(place, world.home, world.directory), password) }
    },
    done: ({ _tag }, { name = "", place = "" }, world) => {
      if (_tag !== "Started") return undefined
      const location = Places.absolute(place, world.home, world.directory)
      return { close: true, asks: name === "" ? [keepPlace(world, location)] : [] }
    }
  })

export const openOther = (world: World) =>
  form({
    title: "Backup › Open a repository",
    fields: [
      Field.text("place", "Storage path", "photos:my-bucket/ourclone-backups, or a folder", { isRequired: true }),
      ...(world.service === ""
        ? []
        : [
            nameField(world),
            Field.text("password", "Password", "The service keeps it", { isRequired: true, isSecret: true })
          ])
    ],
    submitLabel: "Add it to the list",
    blame,
    submit: ({ name = "", password = "", place = "" }, now) => {
      return { asks: add(false, name, Places.absolute(place, now.home, now.directory), password) }
    },
    done: ({ _tag }, { name = "", place = "" }, now) => {
      if (_tag !== "Said") return undefined
      const location = Places.absolute(place, now.home, now.directory)
      return { close: true, asks: name === "" ? [keepPlace(now, location)] : [] }
    }
  })

export const newBackup = (repository: string, { home, kept }: World) => {
  const last = typeof kept["folders"] === "string" ? kept["folders"] : ""
  const exclude = SchemaField.describe("exclude", excludes.exclude)
  return form({
    title: `Backup › ${Places.short(repository, home)} › New Backup`,
    says: ["The first run stores everything; later ones store what has changed."],
    fields: [
      Field.text("paths", "Folders", "~/Documents, ~/Pictures; several with commas between", {
        isRequired: true,
        value: last
      }),
      Field.ofSchema(exclude, "", "Leave out"),
      Field.text("tags", "Tags", "Words to find the snapshot by; several with commas between"),
      Field.text("oneFileSystem", "Other disks", "Whether folders of other disks inside these are taken too", {
        options: ["", "no"],
        otherwise: "yes"
      })
    ],
    submitLabel: "Start backup",
    blame: ({ item }) => (item === "tag" ? "tags" : undefined),
    submit: ({ exclude = "", paths: folders = "", oneFileSystem = "", tags = "" }, world) => {
      const paths = Field.list(folders).map((one) => Places.absolute(one, world.home, world.directory))
      const request = {
        repository,
        paths,
        scan: true,
        whenBusy: "wait",
        ...(exclude === "" ? {} : { exclude: [...Field.list(exclude)] }),
        ...(tags === "" ? {} : { tag: [...Field.list(tags)] }),
        ...(oneFileSystem === "no" ? { oneFileSystem: true } : {})
      }
      return {
        asks: [
          { _tag: "Keep", name: "folders", value: folders },
          { _tag: "Start", tag: "backup", kind: "backup", request, isShown: true, isTried: true }
        ]
      }
    },
    done: ({ _tag }) => (_tag === "Started" ? { close: true } : undefined)
  })
}

export interface Restored {
  readonly repository: string
  readonly snapshot: string
  /** For people: `desk, 2026-11-29 02:30`. */
  readonly of: string
  /** Paths in the snapshot; all of it where there are none. */
  readonly paths: ReadonlyArray<string>
}

const literally = (path: string): string => path.replace(/[\\*?[\]]/g, "\\$&")

export const restore = ({ of, paths, repository, snapshot }: Restored, { home }: World) =>
  form({
    title: `Restore › ${of}`,
    says: [
      paths.length === 0
        ? "All of the snapshot."
        : paths.length === 1
          ? paths[0]!
          : `${paths.length} files and folders.`
    ],
    fields: [
      Field.text("target", "To", "A folder of this computer; / is where they were", {
        isRequired: true,
        value: Places.short(`${home}/restored`, home)
      }),
      Field.text("overwrite", "What is there", "What becomes of files that are there already", {
        options: ["if-changed", "if-newer", "never", "keep-both", "always"],
        value: "if-changed",
        isRequired: true
      }),
      Field.text("verify", "Verify", "Read what was restored once more, and compare it", {
        options: ["", "yes"],
        otherwise: "no"
      })
    ],
    submitLabel: "Preview",
    submit: ({ overwrite = "if-changed", target = "", verify = "" }, world) =>
      plan<never>(
        "restore",
        {
          repository,
          snapshot,
          target: Places.absolute(target, world.home, world.directory),
          overwrite,
          items: true,
          ...(paths.length === 0 ? {} : { include: paths.map(literally) }),
          ...(verify === "yes" ? { verify: true } : {})
        },
        ({ code, item }) => code === "InvalidJob" && item !== undefined
      )
  })
