/** The same filters as in Filter.test.ts, given to rclone itself. One rclone answers for all of them. */
import { type ChildProcess, spawn } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { needs, skipWithout } from "@ourclone/core/testing/Programs"
import { files, globCases, ignoreCaseCases, refusedPatterns, ruleCases, sizes } from "./filterCases.ts"

const directory = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-filter-"))
const tree = path.join(directory, "tree")

let server: ChildProcess | undefined
let address = ""

/** `--local-encoding` keeps rclone from showing a backslash as another character. */
const serve = async () => {
  const options = ["--rc-addr", "127.0.0.1:0", "--rc-no-auth", "--config", "", "--local-encoding", "Slash,Dot"]
  const child = spawn("rclone", ["rcd", ...options], { stdio: ["ignore", "ignore", "pipe"] })
  server = child
  let log = ""
  address = await new Promise<string>((resolve, reject) => {
    child.stderr.on("data", (text) => {
      log += text
      const found = /http:\/\/127\.0\.0\.1:\d+\//.exec(log)
      if (found !== null) resolve(found[0])
    })
    child.on("exit", () => reject(new Error(`rclone ended before it listened: ${log}`)))
  })
}

beforeAll(async () => {
  for (const file of files) {
    fs.mkdirSync(path.dirname(path.join(tree, file)), { recursive: true })
    fs.writeFileSync(path.join(tree, file), "x".repeat(sizes[file] ?? 0))
  }
  if (needs("rclone").available) await serve()
})

afterAll(() => {
  server?.kill()
  fs.rmSync(directory, { recursive: true })
})

/** The files that rclone lets pass, or what it says against the filter. */
const rclone = async (filter: Readonly<Record<string, unknown>>): Promise<ReadonlyArray<string> | string> => {
  const body = JSON.stringify({ fs: tree, remote: "", opt: { recurse: true, filesOnly: true }, _filter: filter })
  const headers = { "Content-Type": "application/json" }
  const response = await fetch(`${address}operations/list`, { method: "POST", headers, body })
  const answer = (await response.json()) as { readonly list?: ReadonlyArray<{ Path: string }>; readonly error?: string }
  return answer.list?.map((entry) => entry.Path).sort() ?? `${answer.error}`
}

const without = (left: ReadonlyArray<string>) => files.filter((file) => !left.includes(file)).sort()

describe("rclone", () => {
  it("matches the same files by each pattern", async (context) => {
    skipWithout(context, "rclone")
    for (const { isNew, isOfManual, matches, pattern } of globCases) {
      if (isNew || isOfManual || pattern.endsWith("/")) continue
      assert.deepStrictEqual(await rclone({ ExcludeRule: [pattern] }), without(matches), pattern)
    }
    for (const { matches, pattern } of ignoreCaseCases) {
      assert.deepStrictEqual(await rclone({ ExcludeRule: [pattern], IgnoreCase: true }), without(matches), pattern)
    }
  })

  it("refuses the same patterns", async (context) => {
    skipWithout(context, "rclone")
    for (const pattern of refusedPatterns) assert.isString(await rclone({ ExcludeRule: [pattern] }), pattern)
  })

  it("lets the same files pass by each set of rules", async (context) => {
    skipWithout(context, "rclone")
    for (const [index, { options, passes }] of ruleCases.entries()) {
      const written = Object.entries(options).map(([name, value]) => {
        const given = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`
        if (!Array.isArray(value)) return [given, value]
        if (!name.endsWith("From")) return [`${given}Rule`, value]
        const names = value.map((text: string, part) => {
          const file = path.join(directory, `${index}-${name}-${part}`)
          fs.writeFileSync(file, text)
          return file
        })
        return [given, names]
      })
      assert.deepStrictEqual(await rclone(Object.fromEntries(written)), [...passes].sort(), JSON.stringify(options))
    }
  })
})
