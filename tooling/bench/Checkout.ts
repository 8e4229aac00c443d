/** OurClone as a checkout has it: built into a bundle, as it ships. */
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"

export interface Checkout {
  readonly root: string
  /** The commit, and whether anything stands there that is not committed. */
  readonly state: string
  /** The bundle, run by the Node that runs the benchmarks. */
  readonly program: ReadonlyArray<string>
  /** The script that runs a checkout for its developers, from the sources or the bundle as it decides. */
  readonly script: string
}

const git = (root: string, ...args: ReadonlyArray<string>) =>
  spawnSync("git", ["-C", root, ...args], { encoding: "utf8" }).stdout.trim()

const stateOf = (root: string): string => {
  const commit = git(root, "log", "-1", "--format=%h %s")
  return git(root, "status", "--porcelain") === "" ? commit : `${commit} (with changes)`
}

export const ownRoot: string = path.resolve(import.meta.dirname, "..", "..")

/** Builds the checkout at `root`, whose packages are installed. Throws when that does not work. */
export const build = (root: string): Checkout => {
  const cli = path.join(root, "apps", "cli")
  if (!fs.existsSync(path.join(cli, "node_modules"))) {
    throw new Error(`${root} is not a checkout that is set up: run "npm run exec -- node --version" there`)
  }
  const built = spawnSync(process.execPath, [path.join(cli, "build.mjs")], { encoding: "utf8" })
  if (built.status !== 0) throw new Error(`${root} can not be built:\n${built.stderr}`)
  return {
    root,
    state: stateOf(root),
    program: [process.execPath, path.join(cli, "dist", "main.mjs")],
    script: path.join(root, "ourclone")
  }
}
