/** What is published, and how each package looks in its tarball. */
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"

export const root = path.join(import.meta.dirname, "..", "..")

/** Libraries in the order of their dependencies. */
export const libraries: ReadonlyArray<string> = [
  "core",
  "http",
  "system",
  "provider-local",
  "provider-s3",
  "provider-webdav",
  "provider-b2",
  "provider-sftp",
  "provider-crypt",
  "backup",
  "mount",
  "jobs"
]

/** Runs a program and gives what it printed; throws with it when it fails. */
export const output = (program: string, args: ReadonlyArray<string>, cwd: string): string => {
  const { error, status, stderr, stdout } = spawnSync(program, args, {
    cwd,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024
  })
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} failed with ${status}:\n${stdout}${stderr}`)
  return stdout
}

/** The command is one bundle, which needs nothing but the packages with native code. */
export const stageCommand = (folder: string): void => {
  const cli = path.join(root, "apps", "cli")
  const manifest = JSON.parse(fs.readFileSync(path.join(cli, "package.json"), "utf8"))
  const catalog = fs.readFileSync(path.join(root, "pnpm-workspace.yaml"), "utf8")
  const versionOf = (name: string): string => {
    const found = new RegExp(`^ {2}"?${name}"?: (.+)$`, "m").exec(catalog)?.[1]
    if (found === undefined) throw new Error(`the catalog has no version of ${name}`)
    return found
  }
  const published = {
    name: "ourclone",
    version: manifest.version,
    description: "Sync, backup and mount for Backblaze B2 and other storage",
    license: manifest.license,
    type: "module",
    bin: { ourclone: "./dist/main.mjs" },
    engines: { node: ">=24" },
    files: ["dist"],
    man: fs.readdirSync(path.join(cli, "dist", "man")).map((page) => `./dist/man/${page}`),
    dependencies: Object.fromEntries(manifest.ourclone.native.map((name: string) => [name, versionOf(name)]))
  }
  fs.mkdirSync(folder, { recursive: true })
  fs.writeFileSync(path.join(folder, "package.json"), `${JSON.stringify(published, undefined, 2)}\n`)
  for (const file of ["README.md", "LICENSE"]) fs.copyFileSync(path.join(root, file), path.join(folder, file))
  fs.cpSync(path.join(cli, "dist"), path.join(folder, "dist"), { recursive: true })
}

/** Packs what `npm run build` made into `folder`; gives the path of each tarball by the name of its package. */
export const packAll = (folder: string): ReadonlyMap<string, string> => {
  fs.mkdirSync(folder, { recursive: true })
  const tarballs = new Map<string, string>()
  const pack = (cwd: string): void => {
    const { filename, name } = JSON.parse(output("pnpm", ["pack", "--json", "--pack-destination", folder], cwd))
    tarballs.set(name, path.resolve(folder, filename))
  }
  for (const library of libraries) pack(path.join(root, "packages", library))
  const staged = path.join(folder, "ourclone")
  stageCommand(staged)
  pack(staged)
  fs.rmSync(staged, { recursive: true })
  return tarballs
}
