/** The command line that asks for the same as a task or a form. A request holds no secret, so neither does it. */

type Words = ReadonlyArray<string> | undefined
type Write = (flag: string, value: unknown) => Words

/** With the value in one word where it could be taken for a flag. */
const said = (flag: string, value: string | number): ReadonlyArray<string> =>
  String(value).startsWith("-") ? [`--${flag}=${value}`] : [`--${flag}`, String(value)]

const one: Write = (flag, value) =>
  typeof value === "string" || typeof value === "number" ? said(flag, value) : undefined

const each: Write = (flag, value) =>
  Array.isArray(value) && value.every((text) => typeof text === "string")
    ? value.flatMap((text: string) => said(flag, text))
    : undefined

const on: Write = (flag, value) => (value === true ? [`--${flag}`] : undefined)

/** How it is shown, and nothing of what is done. */
const shown: Write = () => []

interface Form {
  readonly words: ReadonlyArray<string>
  /** Fields that stand without a flag, in this order. */
  readonly places: ReadonlyArray<string>
  readonly flags: { readonly [field: string]: Write }
  /** Places are of the machine where it runs, and those alone that hold wherever a command is typed. */
  readonly isAbsolute?: true
  /** Flags that are not called as their field. */
  readonly named?: { readonly [field: string]: string }
}

const choosing = { include: each, exclude: each, minSize: one, maxSize: one, minAge: one, maxAge: one }
const limits = { bwlimit: one, tpslimit: one, transfers: one, maxCost: one }
const comparing = { checksum: on, sizeOnly: on, update: on, ignoreExisting: on, ignoreTimes: on }
const keeping = { links: on, copyLinks: on, metadata: on, immutable: on, checkFirst: on, backupDir: one, suffix: one }
const transfer = { ...choosing, ...limits, ...comparing, ...keeping }
const sides = ["source", "destination"]
const repo = { repository: "repo" }

const forms: { readonly [kind: string]: Form } = {
  copy: { words: ["copy"], places: sides, flags: transfer },
  move: { words: ["move"], places: sides, flags: transfer },
  sync: {
    words: ["sync"],
    places: sides,
    flags: { ...transfer, maxDelete: one, allowEmptySource: on, trackRenames: on }
  },
  backup: {
    words: ["backup"],
    places: ["paths"],
    isAbsolute: true,
    flags: {
      ...{ repository: one, exclude: each, iexclude: each, tag: each, excludeCaches: on, oneFileSystem: on },
      ...{ bwlimit: one, maxCost: one, force: on, skipIfUnchanged: on, compression: one },
      ...{ scan: shown, items: shown, directory: shown }
    },
    named: repo
  },
  restore: {
    words: ["restore"],
    places: ["snapshot"],
    flags: {
      ...{ repository: one, target: one, overwrite: one, include: each, exclude: each, verify: on, sparse: on },
      ...{ bwlimit: one, maxCost: one, items: shown }
    },
    named: repo
  }
}

const flagOf = (field: string): string => field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** As a field that was left empty: nothing is said of it. */
const saysNothing = (value: unknown): boolean =>
  value === undefined || value === false || (Array.isArray(value) && value.length === 0)

const isPlaced = /^(?:\/|[A-Za-z]:[\\/]|\\\\)/

const placesOf = (value: unknown, isAbsolute: boolean): Words => {
  const all: ReadonlyArray<unknown> = Array.isArray(value) ? value : [value]
  const words = all.filter((word): word is string => typeof word === "string" && word !== "" && !word.startsWith("-"))
  if (words.length < all.length || (isAbsolute && !words.every((word) => isPlaced.test(word)))) return undefined
  return words
}

/** Without the program's name; nothing where no words are known that ask for all of it and for nothing else. */
export const wordsOf = (kind: string, request: unknown): Words => {
  const form = Object.hasOwn(forms, kind) ? forms[kind] : undefined
  if (form === undefined || typeof request !== "object" || request === null) return undefined
  const given: Readonly<Record<string, unknown>> = { ...request }
  const words = [...form.words]
  for (const [field, value] of Object.entries(given)) {
    if (form.places.includes(field) || saysNothing(value)) continue
    const write = Object.hasOwn(form.flags, field) ? form.flags[field] : undefined
    const some = write?.(form.named?.[field] ?? flagOf(field), value)
    if (some === undefined) return undefined
    words.push(...some)
  }
  for (const field of form.places) {
    const some = placesOf(given[field], form.isAbsolute === true)
    if (some === undefined) return undefined
    words.push(...some)
  }
  return words
}

/** A word as a shell of POSIX takes it for that word. */
const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)

export const commandLine = (kind: string, request: unknown): string | undefined => {
  const words = wordsOf(kind, request)
  return words === undefined ? undefined : ["ourclone", ...words].map(quoted).join(" ")
}
