/** What goes between a host of tasks and the process that watches folders for it: a line of JSON each. */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

const id = Schema.Int

export const Order = Schema.TaggedUnion({
  Watch: { id, folder: Schema.String, own: Schema.optionalKey(Schema.String), since: Schema.Finite },
  Forget: { id }
})
export type Order = typeof Order.Type

export const Word = Schema.TaggedUnion({
  Changed: { id },
  Failed: { id, because: Schema.String }
})
export type Word = typeof Word.Type

export const readOrder = Schema.decodeUnknownSync(Schema.fromJsonString(Order))
const decodeWord = Schema.decodeUnknownOption(Schema.fromJsonString(Word))
/** `undefined` where it is none. */
export const readWord = (line: string): Word | undefined => Option.getOrUndefined(decodeWord(line))
export const lineOf = (value: Order | Word): string => `${JSON.stringify(value)}\n`
