/** What takes part, and how fast: what a request of a transfer says besides its two sides. */
import { useState } from "react"
import { Check, TextArea, TextField } from "../../ui/Field.tsx"
import { FilterCount } from "./FilterCount.tsx"
import styles from "./Migrate.module.css"
import type { Mode } from "./Migrate.tsx"

export interface Filters {
  readonly include: string
  readonly exclude: string
  readonly minSize: string
  readonly maxSize: string
  readonly maxAge: string
  readonly bwlimit: string
  readonly transfers: string
  readonly byChecksum: boolean
  readonly keepsNewer: boolean
  readonly maxDelete: string
  readonly maxCost: string
  readonly allowsEmptySource: boolean
}

export const noFilters: Filters = {
  include: "",
  exclude: "",
  minSize: "",
  maxSize: "",
  maxAge: "",
  bwlimit: "",
  transfers: "",
  byChecksum: false,
  keepsNewer: false,
  maxDelete: "",
  maxCost: "",
  allowsEmptySource: false
}

const patterns = (text: string) => text.split("\n").filter((line) => line.trim() !== "")
const given = (fields: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(
    Object.entries(fields).filter(
      ([, value]) =>
        value !== undefined && value !== "" && value !== false && !(Array.isArray(value) && value.length === 0)
    )
  )
const whole = (text: string): number | undefined => (/^\d+$/.test(text) ? Number(text) : undefined)

/** What a run may cost, where that was said. */
export const dollarsIn = (text: string): number | undefined => (/^\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined)

/** The fields of the request that choose among files. */
const choosing = ({ exclude, include, maxAge, maxSize, minSize }: Filters): object =>
  given({ include: patterns(include), exclude: patterns(exclude), minSize, maxSize, maxAge })

/** The fields of the request; what was left empty is not said. */
export const requestOf = (mode: Mode, filters: Filters): object =>
  given({
    ...choosing(filters),
    bwlimit: filters.bwlimit,
    transfers: whole(filters.transfers),
    maxCost: dollarsIn(filters.maxCost),
    checksum: filters.byChecksum,
    update: filters.keepsNewer,
    ...(mode === "sync" ? { maxDelete: whole(filters.maxDelete), allowEmptySource: filters.allowsEmptySource } : {})
  })

/** Of those that hold text. */
type Typed = { [Name in keyof Filters]: Filters[Name] extends string ? Name : never }[keyof Filters]

interface TypedField {
  readonly name: Typed
  readonly label: string
  readonly placeholder?: string
  readonly help?: string
}

const lists: ReadonlyArray<TypedField> = [
  { name: "include", label: "Only files that match", placeholder: "*.jpg", help: "One pattern a line." },
  { name: "exclude", label: "No files that match", placeholder: "*.tmp", help: "One pattern a line." }
]

const amounts: ReadonlyArray<TypedField> = [
  { name: "minSize", label: "At least this large", placeholder: "10k" },
  { name: "maxSize", label: "At most this large", placeholder: "1G" },
  { name: "maxAge", label: "Changed at most this long ago", placeholder: "30d" },
  { name: "bwlimit", label: "Bytes a second at most", placeholder: "10M" },
  { name: "transfers", label: "Files at once", placeholder: "16" },
  {
    name: "maxCost",
    label: "Dollars it may cost",
    placeholder: "5.00",
    help: "At once and for the first month. It does nothing if it would cost more."
  }
]

const ofSync: TypedField = {
  name: "maxDelete",
  label: "Delete at most so many files",
  help: "Half of the destination's files when empty and there are over 100."
}

interface FiltersFormProps {
  readonly source: string
  readonly filters: Filters
  readonly mode: Mode
  readonly onChange: (filters: Filters) => void
}

export const FiltersForm = ({ filters, mode, onChange, source }: FiltersFormProps) => {
  const set = (name: keyof Filters) => (value: string | boolean) => onChange({ ...filters, [name]: value })
  const isSync = mode === "sync"
  // What was opened stays open, also when its last field is emptied.
  const [isOpen, setOpen] = useState(Object.keys(requestOf(mode, filters)).length > 0)
  return (
    <details className={styles.more} open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Filters and limits</summary>
      <div className={styles.filters}>
        {lists.map(({ name, ...field }) => (
          <TextArea key={name} {...field} isOptional value={filters[name]} onChange={set(name)} />
        ))}
        {[...amounts, ...(isSync ? [ofSync] : [])].map(({ name, ...field }) => (
          <TextField key={name} {...field} isOptional value={filters[name]} onChange={set(name)} />
        ))}
        <Check
          label="Compare by checksum"
          help="Rather than by size and time."
          isOn={filters.byChecksum}
          onChange={set("byChecksum")}
        />
        <Check
          label="Leave alone what is newer at the destination"
          isOn={filters.keepsNewer}
          onChange={set("keepsNewer")}
        />
        {isSync ? (
          <Check
            label="Let an empty source empty the destination"
            isOn={filters.allowsEmptySource}
            onChange={set("allowsEmptySource")}
          />
        ) : null}
        <FilterCount source={source} choosing={choosing(filters)} />
      </div>
    </details>
  )
}
