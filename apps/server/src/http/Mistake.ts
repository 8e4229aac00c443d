/** What died: a line in the log, and a number by which whoever asked can have it found there. */
import { randomBytes } from "node:crypto"
import * as Cause from "effect/Cause"
import type { Refusal } from "./Guards.ts"

const idLength = 8

/** `say` takes the line. */
export const told = (defect: unknown, say: (line: string) => void, where = ""): Refusal => {
  const id = randomBytes(idLength).toString("hex")
  say(`error ${id}${where === "" ? "" : ` in ${where}`}: ${Cause.pretty(Cause.die(defect))}`)
  return { status: 500, code: "Defect", title: "A mistake in ourclone", detail: `the log says more under ${id}` }
}
