/** What was typed into a form of options, as what the service takes. */
import type { StorageType } from "../../../src/api/storage/StorageGroup.ts"
import { ProblemError } from "../api/call.ts"

export type Option = StorageType["options"][number]
export type Typed = Readonly<Record<string, string | boolean>>

/** `applicationKey` is `Application key`. */
export const labelOf = (name: string): string => {
  const words = name.replace(
    /([a-z])([A-Z])/g,
    (_, before: string, after: string) => `${before} ${after.toLowerCase()}`
  )
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`.replace(/\b[Ii]d\b/g, "ID").replace(/\b[Uu]rl\b/g, "URL")
}

type Value = string | number | boolean

const givenOf = ({ defaultValue, kind }: Option, typed: string | boolean): Value | undefined => {
  if (typeof typed === "boolean") return typed === (defaultValue ?? false) ? undefined : typed
  if (typed === "") return undefined
  const number = kind === "number" ? Number(typed) : Number.NaN
  return Number.isFinite(number) ? number : typed
}

/** For storage that is new: only what somebody chose. */
export const valuesOf = (options: ReadonlyArray<Option>, typed: Typed): Readonly<Record<string, Value>> =>
  Object.fromEntries(
    options.flatMap((option) => {
      const given = typed[option.name]
      const value = given === undefined ? undefined : givenOf(option, given)
      return value === undefined ? [] : [[option.name, value]]
    })
  )

/** For storage that exists: what was emptied is taken away, but a secret that was not typed stays. */
export const changesOf = (
  options: ReadonlyArray<Option>,
  before: Typed,
  typed: Typed
): Readonly<Record<string, Value | null>> =>
  Object.fromEntries(
    options.flatMap((option) => {
      const given = typed[option.name]
      if (given === undefined || given === before[option.name]) return []
      if (option.kind === "secret" && given === "") return []
      return [[option.name, givenOf(option, given) ?? null]]
    })
  )

/** What a storage has, as if it had been typed. */
export const typedOf = (options: ReadonlyArray<Option>, values: Readonly<Record<string, string>>): Typed =>
  Object.fromEntries(
    options.flatMap(({ kind, name }) => {
      const value = values[name]
      if (value === undefined || kind === "secret") return []
      return [[name, kind === "boolean" ? value === "true" : value]]
    })
  )

/** Why not yet, where something required is missing. */
export const missingOf = (options: ReadonlyArray<Option>, typed: Typed): string | undefined => {
  const missing = options.find(({ isRequired, kind, name }) => isRequired && kind !== "boolean" && !typed[name])
  return missing === undefined ? undefined : `${labelOf(missing.name)} is missing`
}

/** Issues of an answer by option; what names none stays with the form. */
export const issuesOf = (error: unknown): Readonly<Record<string, string>> =>
  error instanceof ProblemError
    ? Object.fromEntries(
        error.errors.flatMap(({ message, path }) => {
          const name = path.findLast((part) => typeof part === "string")
          return name === undefined ? [] : [[name, message]]
        })
      )
    : {}
