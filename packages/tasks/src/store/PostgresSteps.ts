/** The steps of the journal as Postgres says them: the same tables, so that both databases have one list of steps. */
import { migrations } from "./migrations.ts"

/** SQLite compares texts byte by byte, which a database of Postgres does only where it is told to. */
const spelled = (step: string): string =>
  step
    .replace(/\binteger\b/g, "bigint")
    .replace(/\btext\b/g, 'text collate "C"')
    .replace(/\)\s*strict(, without rowid)?;/g, ");")

export const steps: ReadonlyArray<string> = migrations.map(spelled)
