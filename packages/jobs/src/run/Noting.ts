import { type Remedy, remedyField } from "@ourclone/core/contract/Remedy"
import type { Tell } from "@ourclone/core/events/Tell"

/** Tells notes whose codes begin with `beginning`: of each trouble once in a while, not at each request. */
export const noting = (tell: Tell, beginning: string) => {
  const told = new Map<string, number>()
  return (code: string, message: string, remedy?: Remedy): void => {
    const now = Date.now()
    const key = `${code} ${message}`
    if (now - (told.get(key) ?? 0) < 60_000) return
    if (told.size > 1_000) told.clear()
    told.set(key, now)
    tell.fact({ ...remedyField(remedy), _tag: "Note", code: `${beginning}${code}`, message })
  }
}
