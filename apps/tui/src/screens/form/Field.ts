/** A field of a form, made of the field of a schema where there is one. */
import type { SchemaField } from "@ourclone/core/contract/SchemaField"

export interface Field {
  readonly name: string
  readonly label: string
  readonly about: string
  readonly isSecret: boolean
  /** Nothing else will do. */
  readonly options?: ReadonlyArray<string>
  readonly isRequired: boolean
  /** What is written there to begin with. */
  readonly value: string
  /** What holds where nothing is written. */
  readonly otherwise: string
  /** Only numbers will do, or only whole ones. */
  readonly number?: "any" | "whole"
}

const labelOf = (name: string): string => {
  const words = name.replace(
    /([a-z])([A-Z])/g,
    (_, before: string, after: string) => `${before} ${after.toLowerCase()}`
  )
  return words.charAt(0).toUpperCase() + words.slice(1)
}

const otherwiseOf = (kind: SchemaField["kind"], defaultValue: SchemaField["defaultValue"]): string => {
  if (kind === "boolean") return defaultValue === true ? "yes" : "no"
  return defaultValue === undefined ? "" : String(defaultValue)
}

export const ofSchema = (
  { choices, defaultValue, description, isRequired, isWhole, kind, name }: SchemaField,
  value = "",
  label = labelOf(name)
): Field => {
  const options = choices ?? (kind === "boolean" ? ["yes", "no"] : undefined)
  const otherwise = otherwiseOf(kind, defaultValue)
  // What holds anyway is one choice, not two.
  const others = options?.filter((option) => option !== otherwise)
  return {
    name,
    label,
    about:
      kind === "texts" ? description.replace(/(; may be repeated)?$/, "; several with commas between") : description,
    isSecret: kind === "secret",
    ...(options === undefined || others === undefined ? {} : { options: isRequired ? options : ["", ...others] }),
    ...(kind === "number" ? { number: isWhole ? "whole" : "any" } : {}),
    isRequired,
    value,
    otherwise
  }
}

export const text = (
  name: string,
  label: string,
  about: string,
  more: Partial<Pick<Field, "value" | "isSecret" | "isRequired" | "otherwise" | "options">> = {}
): Field => ({ name, label, about, isSecret: false, isRequired: false, value: "", otherwise: "", ...more })

export type Values = { readonly [name: string]: string }

const numbers = { any: /^-?\d+(\.\d+)?$/, whole: /^-?\d+$/ }

/** Why what was written can not be in a field of numbers. */
export const wrongNumber = ({ number }: Field, written: string): string | undefined => {
  const said = written.trim()
  if (number === undefined || said === "") return undefined
  if (!numbers[number].test(said)) return number === "whole" ? "must be a whole number" : "must be a number"
  return Math.abs(Number(said)) > Number.MAX_SAFE_INTEGER ? "is too large a number" : undefined
}

/** What was written into `field`, as its schema means it; undefined where nothing was. Numbers are held against `wrongNumber` before. */
export const readAs = (
  kind: SchemaField["kind"],
  written: string
): string | number | boolean | ReadonlyArray<string> | undefined => {
  if (written === "" || (kind === "number" && written.trim() === "")) return undefined
  switch (kind) {
    case "number":
      return Number(written)
    case "boolean":
      return written === "yes" || written === "true"
    case "texts":
      return list(written)
    case "text":
    case "secret":
      return written
  }
}

/** Several, parted by commas. */
export const list = (written: string): ReadonlyArray<string> =>
  written
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "")
