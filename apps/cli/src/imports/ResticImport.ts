/** restic's environment, as a file of `NAME=value` lines that a shell or systemd reads; it is never run. */
import type { OptionValue } from "@ourclone/core/contract/OptionField"
import * as Redacted from "effect/Redacted"
import type { Imported, ImportedRemote } from "./Imported.ts"

export type Variables = ReadonlyMap<string, string>

const unquoted = (value: string): string => {
  const [, single, double] = /^'([^']*)'$|^"((?:[^"\\]|\\.)*)"$/.exec(value) ?? []
  if (single !== undefined) return single
  if (double !== undefined) return double.replace(/\\(["\\$`])/g, "$1")
  return value.replace(/\s+#.*$/, "").trim()
}

export const variablesOf = (text: string): Variables => {
  const found = new Map<string, string>()
  for (const row of text.replace(/^\uFEFF/, "").split("\n")) {
    const [, name, value] = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*?)\s*$/.exec(row) ?? []
    if (name !== undefined && value !== undefined) found.set(name, unquoted(value))
  }
  return found
}

/** Whether restic would find something of its own in them. */
export const isRestic = (variables: Variables): boolean =>
  [...variables.keys()].some((name) =>
    /^(?:RESTIC_REPOSITORY|RESTIC_PASSWORD|B2_ACCOUNT_ID|AWS_ACCESS_KEY_ID)/.test(name)
  )

interface Place {
  readonly type: string
  readonly location: string
  readonly options: Readonly<Record<string, OptionValue>>
}

const secret = (variables: Variables, name: string) => Redacted.make(variables.get(name) ?? "")

const placeOf = (repository: string, variables: Variables): Place | string => {
  const [, scheme = "", rest = ""] = /^([a-z0-9]+):(.*)$/.exec(repository) ?? []
  switch (scheme) {
    case "b2": {
      const [keyId, key] = [variables.get("B2_ACCOUNT_ID"), variables.get("B2_ACCOUNT_KEY")]
      if (keyId === undefined || key === undefined) return "B2_ACCOUNT_ID and B2_ACCOUNT_KEY are not there"
      const options = { keyId, applicationKey: secret(variables, "B2_ACCOUNT_KEY") }
      return { type: "b2", location: rest.replace(/:\/*/, "/"), options }
    }
    case "s3": {
      const address = /^https?:\/\//.test(rest) ? rest : `https://${rest}`
      const url = URL.parse(address)
      if (url === null) return "the address of its repository can not be read"
      const isAws = url.hostname.endsWith(".amazonaws.com")
      const region = variables.get("AWS_DEFAULT_REGION")
      const [id, profile] = [variables.get("AWS_ACCESS_KEY_ID"), variables.get("AWS_PROFILE")]
      const keys =
        id !== undefined
          ? { accessKeyId: id, secretAccessKey: secret(variables, "AWS_SECRET_ACCESS_KEY") }
          : profile !== undefined
            ? { profile }
            : {}
      const options = {
        ...keys,
        ...(isAws ? {} : { endpoint: url.origin }),
        ...(region === undefined ? {} : { region })
      }
      return { type: "s3", location: decodeURIComponent(url.pathname.slice(1)), options }
    }
    case "sftp": {
      const url = URL.parse(repository)
      const [, user, host, path] = /^(?:([^@/]+)@)?([^:/]+):(.*)$/.exec(rest) ?? []
      if (rest.startsWith("//") && url !== null) {
        const port = url.port === "" ? {} : { port: Number(url.port) }
        const named = url.username === "" ? {} : { user: decodeURIComponent(url.username) }
        // A second `/` begins a path that is not below the home folder.
        const location = decodeURIComponent(url.pathname).replace(/^\//, "")
        return { type: "sftp", location, options: { host: url.hostname, ...named, ...port } }
      }
      if (host === undefined) return "the host of its repository can not be read"
      return { type: "sftp", location: path ?? "", options: { host, ...(user === undefined ? {} : { user }) } }
    }
    case "rclone":
      return `it is reached by rclone, as ${rest}: import rclone's configuration`
    case "":
    case "local":
      return "a folder of this machine needs no remote: write its path"
    default:
      return `repositories of the kind "${scheme}" can not be taken over`
  }
}

export const fromRestic = (variables: Variables): Imported => {
  const repository = variables.get("RESTIC_REPOSITORY")
  if (repository === undefined) {
    const file = variables.get("RESTIC_REPOSITORY_FILE")
    const because =
      file === undefined ? "RESTIC_REPOSITORY is not there" : `its address is in ${file}: give it as RESTIC_REPOSITORY`
    return { program: "restic", remotes: [], refused: [{ name: "restic", because }] }
  }
  const place = placeOf(repository, variables)
  if (typeof place === "string")
    return { program: "restic", remotes: [], refused: [{ name: "restic", because: place }] }
  const name = `restic-${place.type}`
  const remote: ImportedRemote = {
    name,
    type: place.type,
    options: place.options,
    notes: [`its repository is ${name}:${place.location}; the password is not taken over`]
  }
  return { program: "restic", remotes: [remote], refused: [] }
}
