/** A backup repository among what a plan would remove: one mistake there takes every snapshot with it. */
import type { Tell } from "@ourclone/core/events/Tell"

const key = /^(.*\/)?keys\/[0-9a-f]{64}$/

/**
 * Tells beside the removals of a plan where they take a repository. The plan is in the order of its paths: the `config` of a
 * repository comes before its `keys`, and between them nothing that is outside of its folder.
 */
export const noticing = (tell: Tell, place: string): Tell => {
  /** Folders with a `config` that the plan is still in. */
  const withConfig = new Set<string>()
  const notice = (path: string): void => {
    for (const folder of withConfig) if (!path.startsWith(folder)) withConfig.delete(folder)
    if (path === "config" || path.endsWith("/config")) withConfig.add(path.slice(0, -"config".length))
    const found = key.exec(path)
    if (found === null) return
    const [, folder = ""] = found
    if (!withConfig.delete(folder)) return
    const name = folder === "" ? place : folder
    const message = `${name} is a backup repository: all its snapshots would be deleted`
    tell.fact({ _tag: "Note", code: "removesRepository", message, item: name })
  }
  return {
    ...tell,
    fact: (fact) => {
      tell.fact(fact)
      if (fact._tag === "Would" && fact.deed === "removed") notice(fact.item)
    }
  }
}
