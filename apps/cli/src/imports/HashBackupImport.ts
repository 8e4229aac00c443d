/** HashBackup's `dest.conf`: a destination after each `destname`. */
import type { OptionValue } from "@ourclone/core/contract/OptionField"
import * as Redacted from "effect/Redacted"
import { type Imported, type ImportedRemote, type Refused, remoteNameOf } from "./Imported.ts"

interface Destination {
  readonly name: string
  readonly line: number
  readonly values: Map<string, string>
}

const destinationsOf = (text: string): ReadonlyArray<Destination> => {
  const found: Array<Destination> = []
  for (const [index, row] of text
    .replace(/^\uFEFF/, "")
    .split("\n")
    .entries()) {
    const line = row.trim()
    if (line === "" || line.startsWith("#")) continue
    const blank = line.search(/\s/)
    const [keyword, value] = blank < 0 ? [line, ""] : [line.slice(0, blank), line.slice(blank).trim()]
    if (keyword === "destname") found.push({ name: value, line: index + 1, values: new Map() })
    else found.at(-1)?.values.set(keyword, value)
  }
  return found
}

/** How fast, how many at once and how often: every remote has that here, too. */
const settingsOf = (values: ReadonlyMap<string, string>): Record<string, OptionValue> => {
  const [workers, retries] = [Number(values.get("workers")), Number(values.get("retries"))]
  return {
    ...(Number.isInteger(workers) && workers >= 1 ? { workers } : {}),
    ...(values.has("retries") && Number.isInteger(retries) && retries >= 0 ? { retries } : {})
  }
}

const placeOf = (values: ReadonlyMap<string, string>): string =>
  [values.get("bucket") ?? "", (values.get("dir") ?? "").replace(/^\/+|\/+$/g, "")]
    .filter((part) => part !== "")
    .join("/")

type Made = Pick<ImportedRemote, "type" | "options"> & { readonly known: ReadonlyArray<string> }

const common = ["type", "bucket", "dir", "workers", "retries", "off", "onlyif"]

const madeOf = (values: ReadonlyMap<string, string>): Made | string => {
  const secret = (keyword: string) => Redacted.make(values.get(keyword) ?? "")
  const missing = (...keywords: ReadonlyArray<string>) => keywords.filter((keyword) => !values.get(keyword))
  const type = values.get("type") ?? ""
  switch (type) {
    case "b2": {
      const keyId = values.get("keyid") ?? values.get("accountid")
      if (keyId === undefined || missing("appkey").length > 0) {
        return "its keys are not in the file: keyid (or accountid) and appkey"
      }
      const options = { keyId, applicationKey: secret("appkey"), ...settingsOf(values) }
      return { type: "b2", options, known: [...common, "keyid", "accountid", "appkey"] }
    }
    case "s3": {
      const lost = missing("accesskey", "secretkey")
      if (lost.length > 0) return `its keys are not in the file: ${lost.join(" and ")}`
      const [host, region] = [values.get("host"), values.get("location")]
      const options = {
        accessKeyId: values.get("accesskey") ?? "",
        secretAccessKey: secret("secretkey"),
        ...(host === undefined ? {} : { endpoint: host.includes("://") ? host : `https://${host}` }),
        ...(region === undefined ? {} : { region }),
        ...(values.get("class") === undefined ? {} : { storageClass: values.get("class") ?? "" }),
        ...settingsOf(values)
      }
      return { type: "s3", options, known: [...common, "accesskey", "secretkey", "host", "location", "class"] }
    }
    case "dir":
      return "a folder of this machine needs no remote: write its path"
    case "":
      return "it has no type"
    default:
      return `destinations of the type "${type}" can not be taken over`
  }
}

export const fromHashBackup = (text: string): Imported => {
  const remotes: Array<ImportedRemote> = []
  const refused: Array<Refused> = []
  for (const { line, name, values } of destinationsOf(text)) {
    const made = madeOf(values)
    if (typeof made === "string") {
      refused.push({ name: `${name} (line ${line})`, because: made })
      continue
    }
    const { known, options, type } = made
    const place = placeOf(values)
    const left = [...values.keys()].filter((keyword) => !known.includes(keyword))
    remotes.push({
      name: remoteNameOf(name),
      type,
      options,
      notes: [
        ...(place === "" ? [] : [`its place is ${remoteNameOf(name)}:${place}`]),
        ...(left.length === 0 ? [] : [`not taken over: ${left.join(", ")}`])
      ]
    })
  }
  return { program: "HashBackup", remotes, refused }
}
