/** Names of files and folders, and what they are called in the remote beneath. */
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import { InvalidRequest } from "@ourclone/core/contract/StorageError"
import type { CryptOptions } from "../settings/CryptOptions.ts"
import type { Keys } from "../settings/Keys.ts"
import * as Base32 from "./Base32.ts"
import * as Eme from "./Eme.ts"
import { obfuscate, reveal } from "./Obfuscation.ts"

export interface Names {
  /** Throws `InvalidRequest` for a name that is too long. */
  readonly fileBeneath: (path: RemotePath.RemotePath) => RemotePath.RemotePath
  readonly folderBeneath: (path: RemotePath.RemotePath) => RemotePath.RemotePath
  /** What to do about a file whose hidden name is longer than many storages take; `undefined` of any other. */
  readonly tooLong: (path: RemotePath.RemotePath) => string | undefined
  /** `undefined` for what nobody stored with these keys. */
  readonly file: (path: string) => RemotePath.RemotePath | undefined
  readonly folder: (path: string) => RemotePath.RemotePath | undefined
  /** Who stored what is called so, in the outermost folder; undefined where a name does not tell. */
  readonly tells: (text: string, isFolder: boolean) => "ours" | "others" | undefined
}

interface Segments {
  /** Whether only a name that somebody encrypted looks like this one; absent where any may. */
  readonly looksHidden?: (text: string) => boolean
  readonly hide: (name: string) => string
  readonly show: (text: string) => string | undefined
}

const blockSize = 16

/** PKCS #7: as many bytes as are missing to a whole block, each of which says how many. */
const padded = (name: Buffer): Buffer => {
  const missing = blockSize - (name.length % blockSize)
  return Buffer.concat([name, Buffer.alloc(missing, missing)])
}
const unpadded = (bytes: Buffer): Buffer | undefined => {
  const count = bytes.at(-1) ?? 0
  const isRight = count >= 1 && count <= blockSize && bytes.subarray(-count).every((byte) => byte === count)
  return isRight ? bytes.subarray(0, -count) : undefined
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
const textOf = (bytes: Buffer | undefined): string | undefined => {
  try {
    return bytes === undefined ? undefined : utf8.decode(bytes)
  } catch {
    return undefined
  }
}

const base64 = {
  encode: (bytes: Buffer): string => bytes.toString("base64url"),
  decode: (text: string): Buffer | undefined => {
    const bytes = Buffer.from(text, "base64url")
    return bytes.toString("base64url") === text ? bytes : undefined
  }
}

const encrypted = (keys: Keys, encoding: CryptOptions["filenameEncoding"]): Segments => {
  const { decode, encode } = encoding === "base64" ? base64 : Base32
  const eme = Eme.make(keys.name, keys.tweak)
  const hidden = (text: string): Buffer | undefined => {
    const bytes = decode(text)
    const isWhole = bytes !== undefined && bytes.length % blockSize === 0
    return isWhole && bytes.length > 0 && bytes.length <= Eme.largest ? bytes : undefined
  }
  return {
    looksHidden: (text) => encoding === "base32" && hidden(text) !== undefined,
    hide: (name) => {
      const bytes = padded(Buffer.from(name))
      if (bytes.length <= Eme.largest) return encode(eme.encrypt(bytes))
      const message = `the name has ${bytes.length} bytes to encrypt, and ${Eme.largest} is the most: shorten it, or set filenameEncryption to off in a remote of its own`
      throw new InvalidRequest({ message, concernsName: true })
    },
    show: (text) => {
      const bytes = hidden(text)
      return bytes === undefined ? undefined : textOf(unpadded(eme.decrypt(bytes)))
    }
  }
}

const plain: Segments = { hide: (name) => name, show: (text) => text }

/** A time that rclone's `--b2-versions` and its kin put before the extension: it stays readable in what is hidden. */
const version = /-v\d{4}-\d{2}-\d{2}-\d{6}-\d{3}(?=\.[^./]*$|$)/
const withVersion = (name: string, found: string): string => {
  const dot = name.lastIndexOf(".")
  return dot < 0 ? name + found : name.slice(0, dot) + found + name.slice(dot)
}
const aroundVersion = ({ hide, looksHidden, show }: Segments): Segments => ({
  ...(looksHidden && { looksHidden: (text) => looksHidden(text.replace(version, "")) }),
  hide: (name) => {
    const found = version.exec(name)?.[0]
    return found === undefined ? hide(name) : withVersion(hide(name.replace(version, "")), found)
  },
  show: (text) => {
    const found = version.exec(text)?.[0]
    if (found === undefined) return show(text)
    const name = show(text.replace(version, ""))
    return name === undefined ? undefined : withVersion(name, found)
  }
})

const withSuffix = (suffix: string): Segments =>
  suffix === "none"
    ? plain
    : {
        hide: (name) => name + suffix,
        show: (text) =>
          text.endsWith(suffix) && text.length > suffix.length ? text.slice(0, -suffix.length) : undefined
      }

/** In bytes: what most file systems, and nearly all services, take of one part of a name. */
const usualLength = 255

/** How many bytes of a name are no longer than that once they are encrypted. */
const mostEncrypted = (encoding: CryptOptions["filenameEncoding"]): number => {
  const bits = encoding === "base64" ? 6 : 5
  const bytes = Math.floor((usualLength * bits) / 8)
  return bytes - (bytes % blockSize) - 1
}

const remedyOf = ({ filenameEncoding, filenameEncryption }: CryptOptions): string => {
  if (filenameEncryption !== "standard") return "shorten it"
  const others = [
    ...(filenameEncoding === "base32" ? [`filenameEncoding base64, which takes ${mostEncrypted("base64")}`] : []),
    "filenameEncryption off"
  ]
  return `shorten it to ${mostEncrypted(filenameEncoding)} bytes, or store it through another remote with ${others.join(" or ")}`
}

/** Of folders, and of files. */
const segmentsOf = (options: CryptOptions, keys: Keys): readonly [folders: Segments, files: Segments] => {
  if (options.filenameEncryption === "off") return [plain, withSuffix(options.suffix)]
  const hiding: Segments =
    options.filenameEncryption === "standard"
      ? encrypted(keys, options.filenameEncoding)
      : { hide: (name) => obfuscate(name, keys.name), show: (text) => reveal(text, keys.name) }
  return [options.directoryNameEncryption ? hiding : plain, aroundVersion(hiding)]
}

export const make = (options: CryptOptions, keys: Keys): Names => {
  const [folders, files] = segmentsOf(options, keys)
  const beneath = (path: string, last: Segments): RemotePath.RemotePath => {
    if (path === "") return RemotePath.root
    const names = path.split("/")
    return RemotePath.makeUnsafe(
      names.map((name, index) => (index === names.length - 1 ? last : folders).hide(name)).join("/")
    )
  }
  const above = (path: string, last: Segments): RemotePath.RemotePath | undefined => {
    if (path === "") return RemotePath.root
    const texts = path.split("/")
    const names: Array<string> = []
    for (const [index, text] of texts.entries()) {
      const name = (index === texts.length - 1 ? last : folders).show(text)
      // It comes from whoever wrote it: nothing that leads elsewhere is a name.
      if (name === undefined || name === "" || name.includes("/") || RemotePath.refusal(name) !== undefined) {
        return undefined
      }
      names.push(name)
    }
    return RemotePath.makeUnsafe(names.join("/"))
  }
  const tooLong = (path: RemotePath.RemotePath): string | undefined => {
    const lengths = beneath(path, files)
      .split("/")
      .map((text) => Buffer.byteLength(text))
    const longest = lengths.indexOf(Math.max(...lengths))
    const [hidden = 0, known = ""] = [lengths[longest], path.split("/")[longest]]
    if (hidden < usualLength - 5) return undefined
    return `hidden, a part of the name has ${hidden} bytes instead of ${Buffer.byteLength(known)}, and many storages take ${usualLength} at most: ${remedyOf(options)}`
  }
  const tells = (text: string, isFolder: boolean): "ours" | "others" | undefined => {
    const { looksHidden } = isFolder ? folders : files
    if (looksHidden === undefined || !looksHidden(text)) return undefined
    return above(text, isFolder ? folders : files) === undefined ? "others" : "ours"
  }
  return {
    tells,
    tooLong,
    fileBeneath: (path) => beneath(path, files),
    folderBeneath: (path) => beneath(path, folders),
    file: (path) => above(path, files),
    folder: (path) => above(path, folders)
  }
}
