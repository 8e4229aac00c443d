/** What could be done about a failure, without the words of any one face: the command line makes a flag or a command of it, a page a button. */
import * as Schema from "effect/Schema"

export const Remedy = Schema.Struct({
  /** Which of the remedies it is; stable, for programs. */
  code: Schema.String,
  /** What goes into it. */
  values: Schema.optionalKey(Schema.Record(Schema.String, Schema.String))
})
export type Remedy = typeof Remedy.Type

/** The field of an error or event that may have a remedy. */
export const remedyField = (remedy: Remedy | undefined): { readonly remedy?: Remedy } =>
  remedy === undefined ? {} : { remedy }

/** Of a remedy that is the same everywhere. */
export type NoValues = Readonly<Record<never, string>>

/** The codes that a package knows, each with its values; a face has words for every one of them. */
type Table = Readonly<Record<string, Readonly<Record<string, string>>>>

/** How a package makes its remedies: `remedy("addRemote", { name })`. */
export const makerOf =
  <Remedies extends Table>() =>
  <Code extends keyof Remedies & string>(
    code: Code,
    ...[values]: keyof Remedies[Code] extends never ? [] : [values: Remedies[Code]]
  ): Remedy =>
    values === undefined ? { code } : { code, values }
