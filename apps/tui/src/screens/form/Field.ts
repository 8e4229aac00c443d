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
}

const labelOf = (name: string): string => {
  const words = name.replace(
    /([a-z])([A-Z])/g,
    (_, before: string, after: string) => `${before} ${after.toLowerCase()}`
  )
  return words.charAt(0).toUpperCase() + words.slice(1)
}

export const ofSchema = (
  { choices, defaultValue, description, isRequired, kind, name }: SchemaField,
  value = "",
  label = labelOf(name)
): Field => {
  const options = choices ?? (kind === "boolean" ? ["yes", "no"] : undefined)
  return {
    name,
    label,
    about: description,
    isSecret: kind === "secret",
    ...(options === undefined ? {} : { options: isRequired ? options : ["", ...options] }),
    isRequired,
    value,
    otherwise:
      defaultValue === undefined
        ? ""
        : typeof defaultValue === "boolean"
          ? defaultValue
            ? "yes"
            : "no"
          : String(defaultValue)
  }
}

export const text = (
  name: string,
  label: string,
  about: string,
  more: Partial<Pick<Field, "value" | "isSecret" | "isRequired" | "otherwise" | "options">> = {}
): Field => ({ name, label, about, isSecret: false, isRequired: false, value: "", otherwise: "", ...more })

export type Values = { readonly [name: string]: string }

/** What was written into `field`, as its schema means it; undefined where nothing was. */
export const readAs = (
  kind: SchemaField["kind"],
  written: string
): string | number | boolean | ReadonlyArray<string> | undefined => {
  if (written === "") return undefined
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
