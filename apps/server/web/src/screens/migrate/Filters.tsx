/** What takes part, and how fast: what a request of a transfer says besides its two sides. */
import { Check, TextArea, TextField } from "../../ui/Field.tsx"
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

/** The fields of the request; what was left empty is not said. */
export const requestOf = (mode: Mode, filters: Filters): object =>
  given({
    include: patterns(filters.include),
    exclude: patterns(filters.exclude),
    minSize: filters.minSize,
    maxSize: filters.maxSize,
    maxAge: filters.maxAge,
    bwlimit: filters.bwlimit,
    transfers: whole(filters.transfers),
    checksum: filters.byChecksum,
    update: filters.keepsNewer,
    ...(mode === "sync" ? { maxDelete: whole(filters.maxDelete), allowEmptySource: filters.allowsEmptySource } : {})
  })

interface FiltersFormProps {
  readonly filters: Filters
  readonly mode: Mode
  readonly onChange: (filters: Filters) => void
}

export const FiltersForm = ({ filters, mode, onChange }: FiltersFormProps) => {
  const set = (name: keyof Filters) => (value: string | boolean) => onChange({ ...filters, [name]: value })
  const isUsed = Object.keys(requestOf(mode, filters)).length > 0
  return (
    <details className={styles.more} open={isUsed || undefined}>
      <summary>Filters and limits</summary>
      <div className={styles.filters}>
        <TextArea
          label="Only files that match"
          isOptional
          value={filters.include}
          onChange={set("include")}
          placeholder="*.jpg"
          help="One pattern a line."
        />
        <TextArea
          label="No files that match"
          isOptional
          value={filters.exclude}
          onChange={set("exclude")}
          placeholder="*.tmp"
          help="One pattern a line."
        />
        <TextField
          label="At least this large"
          isOptional
          value={filters.minSize}
          onChange={set("minSize")}
          placeholder="10k"
        />
        <TextField
          label="At most this large"
          isOptional
          value={filters.maxSize}
          onChange={set("maxSize")}
          placeholder="1G"
        />
        <TextField
          label="Changed at most this long ago"
          isOptional
          value={filters.maxAge}
          onChange={set("maxAge")}
          placeholder="30d"
        />
        <TextField
          label="Bytes a second at most"
          isOptional
          value={filters.bwlimit}
          onChange={set("bwlimit")}
          placeholder="10M"
        />
        <TextField
          label="Files at once"
          isOptional
          value={filters.transfers}
          onChange={set("transfers")}
          placeholder="16"
        />
        {mode === "sync" ? (
          <TextField
            label="Delete at most so many files"
            isOptional
            value={filters.maxDelete}
            onChange={set("maxDelete")}
            help="Half of the destination's files when empty and there are over 100."
          />
        ) : null}
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
        {mode === "sync" ? (
          <Check
            label="Let an empty source empty the destination"
            isOn={filters.allowsEmptySource}
            onChange={set("allowsEmptySource")}
          />
        ) : null}
      </div>
    </details>
  )
}
