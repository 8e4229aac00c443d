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

const folderOf = (values: ReadonlyMap<string, string>): string => (values.get("dir") ?? "").replace(/^\/+|\/+$/g, "")

/** On a server there is no bucket, and a folder may be one of the whole machine. */
const placeOf = (values: ReadonlyMap<string, string>): string => {
  const bucket = values.get("bucket") ?? ""
  if (bucket === "") return values.get("dir") ?? ""
  const folder = folderOf(values)
  return folder === "" ? bucket : `${bucket}/${folder}`
}

const portOf = (values: ReadonlyMap<string, string>): number | undefined => {
  const port = Number(values.get("port"))
  return Number.isInteger(port) && port >= 1 && port <= 65_535 ? port : undefined
}

/** The address of its server: in the clear only where the file says so, by `http://` or the port of that. */
const addressOf = (values: ReadonlyMap<string, string>): string | undefined => {
  const host = values.get("host")?.replace(/\/+$/, "")
  if (!host) return undefined
  const port = portOf(values)
  const isPlain = port === 80 && !values.has("secure")
  const [address, isUsual] = host.includes("://") ? [host, false] : [`${isPlain ? "http" : "https"}://${host}`, true]
  if (port === undefined || /:\d+$/.test(host) || (isUsual && port === (isPlain ? 80 : 443))) return address
  return address.replace(/^(\w+:\/\/[^/]+)/, `$1:${port}`)
}

/** What `location` names: a region, or one of the two by the names that Amazon had for them. */
const regionOf = (location: string | undefined): string | undefined => {
  if (!location) return undefined
  const classic: Readonly<Record<string, string>> = { US: "us-east-1", EU: "eu-west-1" }
  return classic[location.toUpperCase()] ?? location.toLowerCase()
}

/** `place`: where it is not what the keywords for that say. */
type Made = Pick<ImportedRemote, "type" | "options"> & {
  readonly known: ReadonlyArray<string>
  readonly place?: string
}

const atHost = ["host", "port", "secure"]
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
      const [address, region] = [addressOf(values), regionOf(values.get("location"))]
      const options = {
        accessKeyId: values.get("accesskey") ?? "",
        secretAccessKey: secret("secretkey"),
        ...(address === undefined ? {} : { endpoint: address }),
        ...(region === undefined ? {} : { region }),
        ...(values.get("class") === undefined ? {} : { storageClass: values.get("class") ?? "" }),
        ...settingsOf(values)
      }
      return { type: "s3", options, known: [...common, ...atHost, "accesskey", "secretkey", "location", "class"] }
    }
    case "ssh":
    case "sftp": {
      const host = values.get("host")
      if (!host) return "its host is not in the file"
      const [port, user] = [portOf(values), values.get("userid")]
      const options = {
        host,
        ...(port === undefined ? {} : { port }),
        ...(user === undefined ? {} : { user }),
        ...settingsOf(values)
      }
      return { type: "sftp", options, known: [...common, "host", "port", "userid"] }
    }
    case "dav":
    case "webdav": {
      const [address, user] = [addressOf(values), values.get("userid")]
      if (address === undefined || user === undefined) return "its host and userid are not in the file"
      const options = {
        url: `${address}/${folderOf(values)}`,
        user,
        password: secret("password"),
        ...settingsOf(values)
      }
      return { type: "webdav", options, known: [...common, ...atHost, "userid", "password"], place: "" }
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
    const { known, options, place = placeOf(values), type } = made
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
