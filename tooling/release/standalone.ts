/** A folder that needs nothing of the machine but its C and C++ libraries: the command with a Node of its own. */
import * as fs from "node:fs"
import { createRequire } from "node:module"
import * as path from "node:path"
import { gzipSync } from "node:zlib"
import { filesBelow } from "../filesBelow.ts"
import { output, root, stageCommand } from "./packages.ts"

const cli = path.join(root, "apps", "cli")

const manifestOf = (folder: string) => JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8"))

/** The folder of `name` as the package in `from` finds it; `undefined` where it is not installed, as those of other platforms are not. */
const folderOf = (name: string, from: string): string | undefined => {
  const places = createRequire(path.join(fs.realpathSync(from), "package.json")).resolve.paths(name) ?? []
  return places
    .map((place) => path.join(place, name))
    .find((folder) => fs.existsSync(path.join(folder, "package.json")))
}

const unneeded: ReadonlySet<string> = new Set(["node_modules", "vendor", "doc", "extensions", "CHANGELOG.md"])
const native = /\.(c|cc|cpp|h|hh|inc|S|asm)$/

/** Copies a package with what it needs into `modules`, without what is built for other platforms, or to build it anew. */
const copyPackage = (name: string, from: string, modules: string): void => {
  const found = folderOf(name, from)
  const target = path.join(modules, name)
  if (found === undefined || fs.existsSync(target)) return
  const source = fs.realpathSync(found)
  const isWanted = (file: string): boolean => {
    const [folder, platform] = path.relative(source, file).split(path.sep)
    if (folder === "prebuilds") return platform === undefined || platform === `${process.platform}-${process.arch}`
    return folder === undefined || !(unneeded.has(folder) || folder.startsWith("musl") || native.test(file))
  }
  fs.cpSync(source, target, { recursive: true, filter: isWanted })
  const { dependencies = {}, optionalDependencies = {} } = manifestOf(source)
  for (const other of Object.keys({ ...dependencies, ...optionalDependencies })) copyPackage(other, source, modules)
}

const launcher = `#!/bin/sh
# Through links, to the folder that it lies in.
self=$(readlink -f -- "$0") || exit
folder=\${self%/bin/*}
exec "$folder/lib/node" "$folder/lib/dist/main.mjs" "$@"
`

/** Makes the folder at `folder`: `bin/ourclone`, and the rest in `lib`. */
export const stage = (folder: string): void => {
  const lib = path.join(folder, "lib")
  stageCommand(lib)
  for (const name of manifestOf(cli).ourclone.native) copyPackage(name, cli, path.join(lib, "node_modules"))
  fs.copyFileSync(process.execPath, path.join(lib, "node"))
  fs.chmodSync(path.join(lib, "node"), 0o755)
  const license = path.join(path.dirname(process.execPath), "..", "LICENSE")
  if (fs.existsSync(license)) fs.copyFileSync(license, path.join(lib, "LICENSE.node"))
  fs.mkdirSync(path.join(folder, "bin"))
  fs.writeFileSync(path.join(folder, "bin", "ourclone"), launcher, { mode: 0o755 })
}

/** Packs what `npm run build` made into an archive in `folder`, for this platform; gives its path. */
export const packStandalone = (folder: string): string => {
  const name = `ourclone-${manifestOf(cli).version}-${process.platform}-${process.arch}`
  const staged = path.join(folder, name)
  stage(staged)
  const archive = path.join(folder, `${name}.tar.gz`)
  output("tar", ["-czf", archive, "--owner=0", "--group=0", "-C", folder, name], folder)
  fs.rmSync(staged, { recursive: true })
  return archive
}

const architectures: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" }

const control = (version: string, architecture: string, kibibytes: number): string => `Package: ourclone
Version: ${version}
Architecture: ${architecture}
Maintainer: The authors of OurClone <ourclone@example.invalid>
Installed-Size: ${kibibytes}
Depends: libc6 (>= 2.28), libstdc++6, libgcc-s1
Recommends: ca-certificates, fuse3
Section: utils
Priority: optional
Description: sync, backup and mount for Backblaze B2 and other storage
 OurClone keeps folders in sync with object storage, makes encrypted backups of
 them there in the format of restic, and shows storages as folders. It brings
 the Node that it runs on.
`

const sizeOf = (folder: string): number => filesBelow(folder).reduce((sum, file) => sum + fs.statSync(file).size, 0)

/**
 * Packs the same as a package of Debian, with manual pages and completions where they belong; gives its path, or nothing
 * where there is no `dpkg-deb`.
 */
export const packDebian = (folder: string): string | undefined => {
  const architecture = architectures[process.arch]
  const hasTool = (process.env.PATH ?? "").split(":").some((place) => fs.existsSync(path.join(place, "dpkg-deb")))
  if (!hasTool || process.platform !== "linux" || architecture === undefined) return undefined
  const { version } = manifestOf(cli)
  const staged = path.join(folder, "debian")
  const at = (...names: ReadonlyArray<string>): string => {
    const file = path.join(staged, ...names)
    fs.mkdirSync(path.dirname(file), { recursive: true })
    return file
  }
  const home = at("usr", "lib", "ourclone")
  stage(home)
  fs.symlinkSync("../lib/ourclone/bin/ourclone", at("usr", "bin", "ourclone"))
  fs.renameSync(path.join(home, "lib", "LICENSE"), at("usr", "share", "doc", "ourclone", "copyright"))
  const manual = path.join(home, "lib", "dist", "man")
  for (const page of fs.readdirSync(manual)) {
    const text = gzipSync(fs.readFileSync(path.join(manual, page)), { level: 9 })
    fs.writeFileSync(at("usr", "share", "man", "man1", `${page}.gz`), text)
  }
  fs.rmSync(manual, { recursive: true })
  const completions = {
    bash: at("usr", "share", "bash-completion", "completions", "ourclone"),
    zsh: at("usr", "share", "zsh", "vendor-completions", "_ourclone"),
    fish: at("usr", "share", "fish", "vendor_completions.d", "ourclone.fish")
  }
  for (const [shell, file] of Object.entries(completions)) {
    fs.writeFileSync(file, output(path.join(home, "bin", "ourclone"), ["completion", shell], staged))
  }
  fs.writeFileSync(at("DEBIAN", "control"), control(version, architecture, Math.ceil(sizeOf(staged) / 1024)))
  const file = path.join(folder, `ourclone_${version}_${architecture}.deb`)
  output("dpkg-deb", ["--build", "--root-owner-group", "-Zxz", "-z3", staged, file], folder)
  fs.rmSync(staged, { recursive: true })
  return file
}
