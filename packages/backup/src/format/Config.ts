/** The `config` file: what a repository is. It is sealed, never compressed, and written once. */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Polynomial from "./Polynomial.ts"

export interface Config {
  /** 2 compresses; 1 is read and written as restic before 0.14 did. */
  readonly version: 1 | 2
  /** Of the repository, for ever: 64 hex digits as we and restic write it, but any text is read. */
  readonly id: string
  /** Of the chunker; repositories with the same one cut alike. */
  readonly polynomial: bigint
}

const Stored = Schema.fromJsonString(
  Schema.Struct({ version: Schema.Number, id: Schema.String, chunker_polynomial: Schema.String })
)
const decodeStored = Schema.decodeUnknownOption(Stored)

export const encode = ({ id, polynomial, version }: Config): Buffer =>
  Buffer.from(JSON.stringify({ version, id, chunker_polynomial: Polynomial.format(polynomial) }))

/** The config, or why there is none in these bytes. Fields that are not known are passed over. */
export const decode = (json: Uint8Array): Config | string => {
  const stored = Option.getOrUndefined(decodeStored(Buffer.from(json).toString("utf8")))
  if (stored === undefined) return "it is not the JSON of a config"
  const { chunker_polynomial: text, id, version } = stored
  if (version !== 1 && version !== 2)
    return `it is of format version ${version}, and this program knows 1 and 2; take a newer one`
  const polynomial = Polynomial.parse(text)
  if (polynomial === undefined || !Polynomial.isUsable(polynomial)) {
    return `its chunker polynomial "${text}" is not irreducible and of degree ${Polynomial.degree}`
  }
  return { version, id, polynomial }
}
