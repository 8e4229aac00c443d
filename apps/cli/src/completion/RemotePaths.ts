/** Remotes, buckets and what lies in them, as far as they begin as typed. What was listed a moment ago is not asked for again. */
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { Remotes } from "@ourclone/core/configuration/Remotes"
import { root } from "@ourclone/core/contract/RemotePath"
import { silent } from "@ourclone/core/events/Tell"
import { makeFolder } from "@ourclone/core/machine/MadeFolder"
import { ThisMachine } from "@ourclone/jobs/kind/Surroundings"
import { open } from "@ourclone/jobs/place/OpenPlace"
import { split } from "@ourclone/jobs/place/PlaceText"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Candidate } from "./Candidate.ts"

const freshMillis = 20_000
const forgottenMillis = 3_600_000
const most = 2000
/** Who has pressed Tab waits no longer. */
const patienceMillis = 5_000

/** Names in a folder, those of folders and buckets with a slash at their end. */
type Names = ReadonlyArray<string>

const read = (file: string): Names | undefined => {
  try {
    if (Date.now() - fs.statSync(file).mtimeMs > freshMillis) return undefined
    const names: unknown = JSON.parse(fs.readFileSync(file, "utf8"))
    return Array.isArray(names) && names.every((name) => typeof name === "string") ? names : undefined
  } catch {
    return undefined
  }
}

const sweep = (folder: string): void => {
  for (const name of fs.readdirSync(folder)) {
    const file = path.join(folder, name)
    if (Date.now() - fs.statSync(file).mtimeMs > forgottenMillis) fs.rmSync(file, { force: true })
  }
}

const write = (file: string, names: Names): void => {
  try {
    const folder = path.dirname(file)
    makeFolder(folder)
    sweep(folder)
    const written = `${file}.${process.pid}`
    fs.writeFileSync(written, JSON.stringify(names), { mode: 0o600 })
    fs.renameSync(written, file)
  } catch {
    // Only slower.
  }
}

const listed = Effect.fnUntraced(function* (folder: string) {
  const provider = yield* open(folder, silent)
  const { buckets } = provider
  if (buckets !== undefined && provider.location === "") {
    const found = yield* Stream.runCollect(Stream.take(buckets.list, most))
    return found.map(({ name }) => `${name}/`)
  }
  const found = yield* Stream.runCollect(Stream.take(provider.list(root, { depth: 1 }), most))
  return found.flatMap((entry) =>
    entry._tag === "Skipped" ? [] : [entry._tag === "Directory" ? `${entry.path}/` : entry.path]
  )
}, Effect.scoped)

/** None where nobody answers in time, or the folder is not there: a Tab is no place for an error. */
const namesIn = Effect.fnUntraced(function* (folder: string) {
  const { cacheDirectory } = yield* ThisMachine
  const { configurationFile } = yield* Remotes
  const key = createHash("sha256").update(`${configurationFile}\0${folder}`).digest("hex").slice(0, 32)
  const file = path.join(cacheDirectory, "completion", `${key}.json`)
  const known = read(file)
  if (known !== undefined) return known
  const found = yield* Effect.option(Effect.timeoutOption(listed(folder), patienceMillis))
  const names = Option.getOrUndefined(Option.flatten(found))
  if (names === undefined) return []
  write(file, names)
  return names
})

/** What may stand before a colon: configured remotes, and types whose key is in the environment. */
export const remotes = Effect.fnUntraced(function* (
  typed: string,
  environment: { readonly [variable: string]: string | undefined }
) {
  const { factories, list } = yield* Remotes
  const configured = yield* Effect.orElseSucceed(list, () => [])
  const types = factories.filter(({ environment: sets }) =>
    sets.some((set) => Object.values(set).every((variable) => (environment[variable] ?? "") !== ""))
  )
  const all = [
    ...configured.map(({ name, type }): Candidate => ({ text: `${name}:`, description: type, isOpen: true })),
    ...types.map(({ description, type }): Candidate => ({ text: `${type}:`, description, isOpen: true }))
  ]
  return all.filter(({ text }) => text.startsWith(typed))
})

export const isRemote = (typed: string): boolean => split(typed).prefix !== ""

/** Where `typed` has a remote already. `bucketsOnly` leaves out what is in buckets. */
export const below = Effect.fnUntraced(function* (typed: string, options: { readonly bucketsOnly: boolean }) {
  const { path: place, prefix } = split(typed)
  const slash = place.lastIndexOf("/") + 1
  const [before, begin] = [place.slice(0, slash), place.slice(slash)]
  if (options.bucketsOnly && before !== "") return []
  const names = yield* namesIn(`${prefix}${before}`)
  return names
    .filter((name) => name.startsWith(begin))
    .map((name): Candidate => {
      const shown = options.bucketsOnly ? name.replace(/\/$/, "") : name
      return { text: `${prefix}${before}${shown}`, isOpen: shown.endsWith("/") }
    })
})
