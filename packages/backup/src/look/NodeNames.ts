/** Names of a snapshot as text. */
import * as GoJson from "../go/GoJson.ts"

/** As Go does: U+FFFD for each byte that is not UTF-8. */
export const textOf = (bytes: Uint8Array): string => GoJson.textOf(bytes).replace(/\p{Surrogate}/gu, "\ufffd")
