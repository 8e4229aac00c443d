/** Steps of a run as half sentences; a step that nobody wrote words for is told by its name, spaced. */

import * as KeptVersions from "@ourclone/core/events/KeptVersions"

type Values = Readonly<Record<string, string | number | boolean>>

const snapshot = (values: Values): string => String(values.snapshot ?? "").slice(0, 8)

const things = (count: unknown, one: string): string => {
  const number = typeof count === "number" ? count : 0
  return number === 0 ? "" : `, ${number.toLocaleString("en-US")} ${one}${number === 1 ? "" : "s"}`
}

const findings: Readonly<Record<string, string>> = {
  different: "differs",
  onlySource: "is missing at the destination",
  onlyDestination: "is only at the destination"
}

const words: Readonly<Record<string, (values: Values) => string>> = {
  runBegan: ({ take }) => (take === 1 || take === undefined ? "run began" : `run ${take} began`),
  parentChosen: (values) =>
    values.snapshot === undefined
      ? "no earlier snapshot to compare with: everything is read"
      : `compared with snapshot ${snapshot(values)}: what it has is not read again`,
  snapshotChosen: (values) => `snapshot ${snapshot(values)} of ${values.host ?? "?"}, ${values.time ?? ""}`,
  [KeptVersions.step]: (values) => KeptVersions.words(KeptVersions.ofValues(values)),
  repositoryMade: () => "repository made",
  prunePlanned: () => "what no snapshot needs is known",
  forgetPlanned: () => "which snapshots stay is known",
  findUsed: ({ total }) => `looking for what snapshots need${things(total, "snapshot")}`,
  removeUnindexed: ({ total }) => `removing what no index knows${things(total, "file")}`,
  repack: ({ total }) => `putting together what is left${things(total, "pack")}`,
  writeIndex: () => "writing the index",
  removeOld: ({ total }) => `removing what is not needed any more${things(total, "file")}`,
  cancelUnfinished: ({ path }) => `unfinished file cancelled${path === undefined ? "" : `: ${path}`}`,
  difference: ({ finding, item }) => `${item ?? "a file"} ${findings[String(finding)] ?? "differs"}`,
  mounted: ({ place, point }) => `${place ?? "mounted"} is shown at ${point ?? "its folder"}`
}

export const stepText = (name: string, values: Values = {}): string => {
  if (Object.hasOwn(words, name)) return words[name]!(values)
  return name.replace(/([a-z])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`)
}
