/** The page's files, read once: there is no path by which another file could be asked for. */
import { hash } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { gzipSync } from "node:zlib"

interface Asset {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** The bytes as each encoding has them, the best first. */
  readonly encoded: ReadonlyArray<{ readonly encoding: string; readonly bytes: Uint8Array<ArrayBuffer> }>
  readonly type: string
  readonly etag: string
  /** Its name holds a hash of its content. */
  readonly isLasting: boolean
}

const types: { readonly [ending: string]: string } = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8"
}

const shrinks = /^(?:text|application|image\/svg)/

const assetOf = (file: string, name: string): Asset => {
  const bytes = new Uint8Array(fs.readFileSync(file))
  const type = types[path.extname(file)] ?? "application/octet-stream"
  const built = (
    [
      ["br", ".br"],
      ["gzip", ".gz"]
    ] as const
  ).flatMap(([encoding, ending]) =>
    fs.existsSync(file + ending) ? [{ encoding, bytes: new Uint8Array(fs.readFileSync(file + ending)) }] : []
  )
  const made = () =>
    shrinks.test(type) ? [{ encoding: "gzip", bytes: new Uint8Array(gzipSync(bytes, { level: 9 })) }] : []
  return {
    bytes,
    encoded: built.length > 0 ? built : made(),
    type,
    etag: `"${hash("sha256", bytes, "base64url").slice(0, 22)}"`,
    isLasting: name.startsWith("/assets/")
  }
}

const absent = `<!doctype html><html lang="en"><meta charset="utf-8"><title>OurClone</title>
<h1>OurClone</h1><p>The service runs. Its page is not part of this copy of the program: build it with
<code>npm run build</code>, or use the command line and <a href="/api/docs">the API</a>.</p></html>`

/** Whether it could only be a file. A storage may be called `nas.home`, and has a page of its own. */
const isFile = (pathname: string): boolean =>
  pathname.startsWith("/assets/") || (pathname.lastIndexOf("/") === 0 && path.posix.extname(pathname) in types)

/** The encodings of a header, without those that it refuses. */
const takenBy = (header: string): ReadonlySet<string> =>
  new Set(
    header.split(",").flatMap((part) => (/;\s*q=0(?:\.0*)?\s*$/.test(part) ? [] : [part.replace(/;.*/s, "").trim()]))
  )

export interface StaticPage {
  /** Nothing where no such file is. */
  readonly answer: (request: Request) => Response | undefined
  readonly isBuilt: boolean
}

export const load = (folder: string | undefined): StaticPage => {
  const assets = new Map<string, Asset>()
  if (folder !== undefined && fs.existsSync(path.join(folder, "index.html"))) {
    for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || /\.(?:map|gz|br)$/.test(entry.name)) continue
      const file = path.join(entry.parentPath, entry.name)
      const name = `/${path.relative(folder, file).split(path.sep).join("/")}`
      assets.set(name, assetOf(file, name))
    }
  }
  const answer = (request: Request): Response | undefined => {
    if (request.method !== "GET" && request.method !== "HEAD") return undefined
    const { pathname } = new URL(request.url)
    const isPage = !isFile(pathname)
    const asset = assets.get(pathname) ?? (isPage ? assets.get("/index.html") : undefined)
    if (asset === undefined) {
      if (!isPage || assets.size > 0) return undefined
      return new Response(absent, { headers: { "content-type": "text/html; charset=utf-8" } })
    }
    const headers = new Headers({
      "content-type": asset.type,
      etag: asset.etag,
      vary: "accept-encoding",
      "cache-control": asset.isLasting ? "public, max-age=31536000, immutable" : "no-cache"
    })
    if (request.headers.get("if-none-match") === asset.etag) return new Response(null, { status: 304, headers })
    const taken = takenBy(request.headers.get("accept-encoding") ?? "")
    const encoded = asset.encoded.find(({ encoding }) => taken.has(encoding))
    if (encoded !== undefined) headers.set("content-encoding", encoded.encoding)
    return new Response(request.method === "HEAD" ? null : (encoded ?? asset).bytes, { headers })
  }
  return { answer, isBuilt: assets.size > 0 }
}
