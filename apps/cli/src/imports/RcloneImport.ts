/** Remotes of rclone as remotes of ours. */
import type { OptionValue } from "@ourclone/core/contract/OptionField"
import * as Redacted from "effect/Redacted"
import { ImportError, type Imported, type ImportedRemote, type Refused, remoteNameOf } from "./Imported.ts"
import { reveal, type Sections } from "./RcloneFile.ts"

type Section = ReadonlyMap<string, string>

/** What a type's options are called here. */
interface Mapping {
  readonly type: string
  readonly texts?: Readonly<Record<string, string>>
  readonly secrets?: Readonly<Record<string, string>>
  /** Secrets in rclone's own form. */
  readonly obscured?: Readonly<Record<string, string>>
  readonly numbers?: Readonly<Record<string, string>>
  readonly booleans?: Readonly<Record<string, string>>
  /** Options that change nothing which is kept. */
  readonly passedOver?: ReadonlyArray<string>
  readonly more?: (
    section: Section,
    name: string
  ) => {
    readonly options?: Readonly<Record<string, OptionValue>>
    readonly notes?: ReadonlyArray<string>
    readonly because?: string
  }
}

/** A place, with its remote as that is called here. */
const renamed = (place: string): string => place.replace(/^[^/:,]+(?=:)/, remoteNameOf)

const isTrue = (text: string | undefined): boolean => /^(?:true|1|yes|on)$/i.test(text ?? "")

/** Names of vendors that are called otherwise here, or not told from others. */
const vendors: Readonly<Record<string, string>> = {
  AWS: "AWS",
  Ceph: "Ceph",
  Cloudflare: "Cloudflare",
  DigitalOcean: "DigitalOcean",
  GCS: "GCS",
  IDrive: "IDrive",
  Linode: "Linode",
  Minio: "Minio",
  Rclone: "Rclone",
  Scaleway: "Scaleway",
  SeaweedFS: "SeaweedFS",
  Storj: "Storj",
  Wasabi: "Wasabi",
  Hetzner: "Hetzner",
  OVHcloud: "OVHcloud"
}

const mappings: Readonly<Record<string, Mapping>> = {
  b2: {
    type: "b2",
    texts: { account: "keyId", endpoint: "endpoint", download_url: "downloadUrl" },
    secrets: { key: "applicationKey" },
    booleans: { hard_delete: "hardDelete" },
    passedOver: ["chunk_size", "upload_cutoff", "upload_concurrency", "copy_cutoff", "memory_pool_flush_time"]
  },
  s3: {
    type: "s3",
    texts: {
      access_key_id: "accessKeyId",
      profile: "profile",
      region: "region",
      endpoint: "endpoint",
      storage_class: "storageClass",
      server_side_encryption: "serverSideEncryption",
      sse_kms_key_id: "kmsKeyId"
    },
    secrets: {
      secret_access_key: "secretAccessKey",
      session_token: "sessionToken",
      sse_customer_key_base64: "customerKey"
    },
    booleans: { force_path_style: "pathStyle", requester_pays: "requesterPays" },
    passedOver: [
      "env_auth",
      "provider",
      "location_constraint",
      "acl",
      "bucket_acl",
      "chunk_size",
      "upload_cutoff",
      "upload_concurrency",
      "no_check_bucket",
      "list_version",
      "list_chunk"
    ],
    more: (section) => {
      const vendor = vendors[section.get("provider") ?? ""]
      const endpoint = section.get("endpoint")
      const full =
        endpoint !== undefined && endpoint !== "" && !endpoint.includes("://")
          ? { endpoint: `https://${endpoint}` }
          : {}
      const version = section.get("list_version")
      const isAnonymous = !isTrue(section.get("env_auth")) && !section.get("access_key_id") && !section.get("profile")
      return {
        options: {
          ...(vendor === undefined ? {} : { provider: vendor }),
          ...full,
          ...(version === "1" || version === "2" ? { listVersion: version } : {}),
          ...(isAnonymous ? { anonymous: true } : {})
        }
      }
    }
  },
  sftp: {
    type: "sftp",
    texts: { host: "host", user: "user", key_file: "keyFile", known_hosts_file: "knownHosts" },
    obscured: { pass: "password", key_file_pass: "keyPassphrase" },
    numbers: { port: "port" },
    passedOver: [
      "shell_type",
      "md5sum_command",
      "sha1sum_command",
      "use_insecure_cipher",
      "disable_hashcheck",
      "key_use_agent"
    ],
    more: (section) => {
      if (section.get("ssh")) return { because: "it runs a program to connect, which is not done here" }
      if (section.get("key_pem"))
        return { because: "its key is in the file itself; write it to a file, and name that in keyFile" }
      const isChecked = section.get("known_hosts_file") !== undefined
      return isChecked
        ? {}
        : {
            notes: [
              "rclone connects to it without a check of the host; here its key must be known, and what to add is said"
            ]
          }
    }
  },
  webdav: {
    type: "webdav",
    texts: { url: "url", user: "user" },
    secrets: { bearer_token: "token" },
    obscured: { pass: "password" },
    passedOver: ["vendor", "nextcloud_chunk_size"],
    more: (section) => {
      const vendor = section.get("vendor") ?? "other"
      if (vendor.startsWith("sharepoint")) return { because: "SharePoint's ways of signing in are not known here" }
      if (section.get("bearer_token_command"))
        return { because: "its token comes from a command, which is not done here" }
      return ["nextcloud", "owncloud", "rclone"].includes(vendor) ? { options: { vendor } } : {}
    }
  },
  crypt: {
    type: "crypt",
    texts: {
      remote: "remote",
      filename_encryption: "filenameEncryption",
      filename_encoding: "filenameEncoding",
      suffix: "suffix"
    },
    obscured: { password: "password", password2: "password2" },
    booleans: { directory_name_encryption: "directoryNameEncryption" },
    passedOver: ["show_mapping", "server_side_across_configs"],
    more: (section) => {
      const remote = section.get("remote")
      return remote === undefined ? {} : { options: { remote: renamed(remote) } }
    }
  }
}

const optionsOf = (
  section: Section,
  { booleans = {}, numbers = {}, obscured = {}, secrets = {}, texts = {} }: Mapping
) => {
  const options: Record<string, OptionValue> = {}
  for (const [key, value] of section) {
    if (value === "") continue
    if (texts[key] !== undefined) options[texts[key]] = value
    else if (secrets[key] !== undefined) options[secrets[key]] = Redacted.make(value)
    else if (obscured[key] !== undefined) options[obscured[key]] = Redacted.make(reveal(value))
    else if (numbers[key] !== undefined) options[numbers[key]] = Number(value)
    else if (booleans[key] !== undefined) options[booleans[key]] = isTrue(value)
  }
  return options
}

const notesOf = (section: Section, mapping: Mapping): ReadonlyArray<string> => {
  const known = new Set([
    ...[mapping.texts, mapping.secrets, mapping.obscured, mapping.numbers, mapping.booleans].flatMap((each) =>
      Object.keys(each ?? {})
    ),
    ...(mapping.passedOver ?? []),
    ...["type", "description"]
  ])
  const left = [...section].filter(([key, value]) => value !== "" && !known.has(key)).map(([key]) => key)
  return left.length === 0 ? [] : [`not taken over: ${left.join(", ")}`]
}

const localFolders = ["nounc", "copy_links", "links"]

const remoteOf = (name: string, section: Section): ImportedRemote | Refused => {
  const type = section.get("type") ?? ""
  if (type === "local") {
    const left = localFolders.filter((key) => isTrue(section.get(key)))
    const more = left.length === 0 ? "" : `; ${left.join(", ")} is a flag of the command`
    return { name, because: `a folder of this machine needs no remote: write its path${more}` }
  }
  if (type === "alias")
    return { name, because: `it stands for ${section.get("remote") ?? "another place"}: write that` }
  const mapping = mappings[type]
  if (mapping === undefined)
    return { name, because: type === "" ? "it has no type" : `storage of the type "${type}" is not known here` }
  const encoding = section.get("encoding")
  if (encoding !== undefined && encoding !== "") {
    return { name, because: "names there are written in an encoding of its own (encoding), and would be others here" }
  }
  const { because, notes = [], options = {} } = mapping.more?.(section, name) ?? {}
  if (because !== undefined) return { name, because }
  return {
    name: remoteNameOf(name),
    type: mapping.type,
    options: { ...optionsOf(section, mapping), ...options },
    notes: [...notes, ...notesOf(section, mapping)]
  }
}

export const fromRclone = (sections: Sections): Imported => {
  const remotes: Array<ImportedRemote> = []
  const refused: Array<Refused> = []
  for (const [name, section] of sections) {
    try {
      const found = remoteOf(name, section)
      if ("because" in found) refused.push(found)
      else remotes.push(found)
    } catch (error) {
      if (!(error instanceof ImportError)) throw error
      refused.push({ name, because: error.message })
    }
  }
  return { program: "rclone", remotes, refused }
}
