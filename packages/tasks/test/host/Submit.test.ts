import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterEach, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { submit } from "../../src/host/Submit.ts"
import * as SqliteStore from "../../src/store/SqliteStore.ts"

const folders: Array<string> = []
afterEach(() => {
  for (const folder of folders.splice(0)) fs.rmSync(folder, { recursive: true, force: true })
})

it.live("a task that makes no sense, or is sure to go wrong, is refused at its field and never kept", () =>
  Effect.gen(function* () {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "submit-"))
    folders.push(folder)
    const store = yield* SqliteStore.make(path.join(folder, "tasks.sqlite"))
    const repository = path.join(folder, "repository")
    const fieldOf = (request: { readonly repository: string; readonly paths: ReadonlyArray<string> }) =>
      Effect.match(submit(store, { kind: "backup", request, origin: "terminal" }), {
        onFailure: (error) => (error._tag === "InvalidJob" ? error.field : error.message),
        onSuccess: ({ kind }) => kind
      })
    expect(yield* fieldOf({ repository, paths: [] })).toBe("paths")
    expect(yield* fieldOf({ repository, paths: [path.join(folder, "gone")] })).toBe("paths")
    expect(yield* store.list({ limit: 10 })).toEqual([])
    expect(yield* fieldOf({ repository, paths: [folder] })).toBe("backup")
  }).pipe(Effect.scoped)
)
