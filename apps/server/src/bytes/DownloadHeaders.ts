/** Headers of bytes that somebody stored: a browser saves them, and runs nothing of what is in them. */
import type { FileFacts } from "../side/SideWire.ts"

const types: { readonly [ending: string]: string } = {
  txt: "text/plain; charset=utf-8",
  pdf: "application/pdf",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  png: "image/png",
  gif: "image/gif",
  webp: "image/webp",
  avif: "image/avif",
  mp4: "video/mp4",
  webm: "video/webm",
  mp3: "audio/mpeg",
  flac: "audio/flac",
  ogg: "audio/ogg",
  zip: "application/zip",
  tar: "application/x-tar"
}

const typeOf = (name: string): string =>
  types[name.slice(name.lastIndexOf(".") + 1).toLowerCase()] ?? "application/octet-stream"

/** Every character that RFC 8187 does not allow as it is, control characters and halves of pairs among them. */
const encoded = (name: string): string =>
  encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`
  )

const saving = (name: string) => ({
  "content-type": typeOf(name),
  "content-disposition": `attachment; filename*=UTF-8''${encoded(name)}`,
  "x-content-type-options": "nosniff",
  "content-security-policy": "sandbox; default-src 'none'",
  "cache-control": "private, no-store"
})

export const ofFile = ({ etag, modifiedAt, name, part, size }: FileFacts, isSizeKnown: boolean) => ({
  ...saving(name),
  ...(isSizeKnown ? { "accept-ranges": "bytes", "content-length": String(part?.length ?? size) } : {}),
  ...(etag === "" ? {} : { etag }),
  ...(part === null ? {} : { "content-range": `bytes ${part.offset}-${part.offset + part.length - 1}/${size}` }),
  "last-modified": new Date(modifiedAt).toUTCString()
})

export const ofDump = (file: string, snapshot: string, archive: "zip" | "tar" | undefined) => {
  const last = file.replace(/\/+$/, "").split("/").at(-1)
  const name = last === undefined || last === "" ? `snapshot-${snapshot}` : last
  return saving(archive === undefined ? name : `${name}.${archive}`)
}
