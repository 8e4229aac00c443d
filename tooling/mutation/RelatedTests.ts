/** Which tests import a file, as `vitest related` finds them, and by the address of a thread too, which it does not see. */
import * as path from "node:path"
import { importsOf } from "../structure/Imports.ts"
import type { ParsedFile } from "../structure/ParsedFile.ts"
import type { Workspace } from "../structure/Workspace.ts"

/** For each file those that import it. */
export type Importers = ReadonlyMap<string, ReadonlyArray<string>>

export const importersOf = (files: ReadonlyArray<ParsedFile>, workspaces: ReadonlyArray<Workspace>): Importers => {
  const importers = new Map<string, Array<string>>()
  for (const { from, specifier } of importsOf(files, workspaces)) {
    const workspace = workspaces.find(({ name }) => specifier.startsWith(`${name}/`))
    const target = specifier.startsWith(".")
      ? path.posix.join(path.posix.dirname(from.path), specifier)
      : workspace && `${workspace.folder}/src/${specifier.slice(workspace.name.length + 1)}.ts`
    if (target === undefined) continue
    importers.set(target, [...(importers.get(target) ?? []), from.path])
  }
  return importers
}

const packageOf = (file: string): string => file.split("/").slice(0, 2).join("/")

/** Those of the file's own package first, among them those called after it, then by the number of imports between. */
export const relatedTests = (importers: Importers, file: string): ReadonlyArray<string> => {
  const distances = new Map([[file, 0]])
  const queue = [file]
  for (const reached of queue) {
    for (const importer of importers.get(reached) ?? []) {
      if (distances.has(importer)) continue
      distances.set(importer, (distances.get(reached) ?? 0) + 1)
      queue.push(importer)
    }
  }
  const name = path.posix.basename(file, ".ts")
  const rank = (test: string): number => {
    if (packageOf(test) !== packageOf(file)) return distances.size + (distances.get(test) ?? 0)
    return path.posix.basename(test).startsWith(name) ? 0 : (distances.get(test) ?? 0)
  }
  return queue
    .filter((reached) => reached.endsWith(".test.ts"))
    .sort((left, right) => rank(left) - rank(right) || (left < right ? -1 : 1))
}
