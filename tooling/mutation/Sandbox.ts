/**
 * A copy of the checkout in which wrong code may run. It has a home and a temporary folder of its own, and where the
 * caller is the superuser its processes belong to nobody: a mutant of a guard writes where it pleases.
 */
import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"

const nobody = 65534

export interface Sandbox {
  readonly root: string
  readonly home: string
  /** The program that runs in it. */
  readonly node: string
  readonly owner: { readonly uid: number; readonly gid: number } | undefined
  /** For who runs the tests: theirs are `home`, and a temporary folder that `tidy` empties. */
  readonly environment: NodeJS.ProcessEnv
  readonly write: (file: string, text: string) => void
  /** What was written since this was asked last. */
  readonly written: () => ReadonlyArray<string>
  /** Takes away what runs left in the temporary folder and the home. */
  readonly tidy: () => void
  readonly remove: () => void
}

const filesOf = (checkout: string): ReadonlyArray<string> =>
  execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: checkout })
    .toString()
    .split("\0")
    .filter((file) => file !== "" && fs.existsSync(path.join(checkout, file)))

/** Links to what is installed; those between packages are relative, so they lead to the copies. */
const linkInstalled = (checkout: string, root: string, folder: string) => {
  const installed = path.join(checkout, folder, "node_modules")
  const linked = path.join(root, folder, "node_modules")
  fs.mkdirSync(linked, { recursive: true })
  for (const { name, ...entry } of fs.readdirSync(installed, { withFileTypes: true })) {
    if (name.startsWith(".vi")) continue // caches
    const target = path.join(linked, name)
    if (folder === "") fs.symlinkSync(path.join(installed, name), target)
    else fs.cpSync(path.join(entry.parentPath, name), target, { recursive: true, verbatimSymlinks: true })
  }
}

/** Gives away a tree, but nothing that its links lead to: those are the caller's own installed packages. */
const giveAway = (entry: string, uid: number, gid: number) => {
  fs.lchownSync(entry, uid, gid)
  if (!fs.lstatSync(entry).isDirectory()) return
  for (const name of fs.readdirSync(entry)) giveAway(path.join(entry, name), uid, gid)
}

export const make = (checkout: string): Sandbox => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-mutation-"))
  const root = path.join(folder, "checkout")
  const [home, temporary] = [path.join(folder, "home"), path.join(folder, "tmp")]
  const owner = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : undefined
  const node = owner === undefined ? process.execPath : path.join(folder, "node")
  for (const file of filesOf(checkout)) {
    fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
    fs.cpSync(path.join(checkout, file), path.join(root, file), { verbatimSymlinks: true })
  }
  for (const manifest of fs.globSync(["package.json", "*/*/package.json", "tooling/package.json"], { cwd: root })) {
    const inside = path.dirname(manifest) === "." ? "" : path.dirname(manifest)
    if (fs.existsSync(path.join(checkout, inside, "node_modules"))) linkInstalled(checkout, root, inside)
  }
  const tidy = () => {
    for (const one of [home, temporary]) {
      fs.rmSync(one, { recursive: true, force: true, maxRetries: 3 })
      fs.mkdirSync(one)
      if (owner !== undefined) fs.chownSync(one, owner.uid, owner.gid)
    }
  }
  tidy()
  if (owner !== undefined) {
    fs.copyFileSync(process.execPath, node)
    fs.chmodSync(folder, 0o755)
    fs.chownSync(folder, owner.uid, owner.gid)
    giveAway(root, owner.uid, owner.gid)
  }
  const kept = Object.entries(process.env).filter(([name]) => !/^(XDG_|OURCLONE_|B2_|RESTIC_|AWS_|npm_)/.test(name))
  const changed = new Set<string>()
  return {
    root,
    home,
    node,
    owner,
    environment: {
      ...Object.fromEntries(kept),
      HOME: root,
      TMPDIR: folder,
      MUTATION_HOME: home,
      MUTATION_TMPDIR: temporary
    },
    write: (file, text) => {
      fs.writeFileSync(path.join(root, file), text)
      changed.add(file)
    },
    written: () => {
      const files = [...changed]
      changed.clear()
      return files
    },
    tidy,
    remove: () => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}
