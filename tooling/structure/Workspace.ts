import * as path from "node:path"
import type { SourceFile } from "./SourceFile.ts"

export const scope = "@ourclone/"

/** A package of this repository, as its `package.json` describes it. */
export interface Workspace {
  /** Such as `packages/core`. */
  readonly folder: string
  readonly name: string
  readonly declared: ReadonlySet<string>
  readonly shipped: ReadonlySet<string>
}

export const workspacesOf = (files: ReadonlyArray<SourceFile>): ReadonlyArray<Workspace> =>
  files
    .filter((file) => /(^|\/)package\.json$/.test(file.path) && JSON.parse(file.text).name?.startsWith(scope))
    .map((file) => {
      const manifest = JSON.parse(file.text)
      const shipped = Object.keys(manifest.dependencies ?? {})
      return {
        folder: path.posix.dirname(file.path),
        name: manifest.name,
        shipped: new Set(shipped),
        declared: new Set([...shipped, ...Object.keys(manifest.devDependencies ?? {})])
      }
    })
    .sort((left, right) => right.folder.length - left.folder.length) // tooling/b2-emulator before tooling
