import * as fs from "node:fs"
import * as path from "node:path"

export interface SourceFile {
  /** Relative to the root of the checkout, with `/`. */
  readonly path: string
  readonly text: string
}

export const isCode = (file: string): boolean => /\.(ts|tsx|mts|mjs|js)$/.test(file)

/** Every source file and `package.json` of packages, apps and tooling, without what tools made. */
export const readTree = (root: string): ReadonlyArray<SourceFile> =>
  ["packages", "apps", "tooling"].flatMap((top) =>
    fs
      .globSync(`${top}/**/*`, {
        cwd: root,
        exclude: (name) => /(^|[/\\])(node_modules|dist|fixtures|\.turbo)$/.test(name)
      })
      .filter((file) => isCode(file) || path.basename(file) === "package.json")
      .map((file) => ({ path: file, text: fs.readFileSync(path.join(root, file), "utf8") }))
  )
