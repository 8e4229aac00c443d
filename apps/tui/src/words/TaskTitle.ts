/** A task as a sentence: what is done, from where to where. */
import type { Task } from "@ourclone/tasks/task/Task"

type Fields = { readonly [name: string]: unknown }

const text = (fields: Fields, name: string): string => {
  const value = fields[name]
  if (Array.isArray(value)) return value.map(String).join(" ")
  return typeof value === "string" ? value : ""
}

/** Paths below the home folder as people write them. */
export const short = (place: string, home: string): string =>
  home !== "" && (place === home || place.startsWith(`${home}/`)) ? `~${place.slice(home.length)}` : place

const verbs: { readonly [kind: string]: string } = {
  copy: "Copy",
  move: "Move",
  sync: "Sync",
  check: "Compare",
  remove: "Delete",
  undelete: "Bring back",
  mkdir: "Make folder",
  createBucket: "Make bucket",
  removeBucket: "Remove bucket",
  setLifecycle: "Set rules of",
  cleanup: "Clean up",
  cancelUnfinished: "Cancel unfinished uploads of",
  removeOldVersions: "Delete old versions of",
  testRemote: "Test",
  backup: "Back up",
  restore: "Restore",
  init: "Make repository",
  forget: "Forget snapshots of",
  prune: "Prune",
  checkRepository: "Check",
  drill: "Drill",
  unlock: "Unlock",
  mount: "Mount"
}

/** Of any kind: what is not known here is named by its type. */
export const of = ({ kind, request }: Pick<Task, "kind" | "request">, home: string): string => {
  const fields: Fields = typeof request === "object" && request !== null ? (request as Fields) : {}
  const place = (name: string): string => short(text(fields, name), home)
  const verb = verbs[kind] ?? kind
  if (text(fields, "source") !== "") return `${verb} ${place("source")} → ${place("destination")}`
  if (kind === "backup") return `${verb} ${short(text(fields, "paths"), home)} → ${place("repository")}`
  if (kind === "restore") return `${verb} ${place("repository")} ${text(fields, "snapshot")} → ${place("target")}`
  const about = ["path", "bucket", "remote", "repository", "place"].map(place).find((found) => found !== "")
  return about === undefined ? verb : `${verb} ${about}`
}
