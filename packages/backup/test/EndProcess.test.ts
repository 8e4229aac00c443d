import { spawnSync } from "node:child_process"
import { expect, test } from "vitest"

const module = new URL("../src/EndProcess.ts", import.meta.url).href

const run = (body: string) =>
  spawnSync(process.execPath, ["--input-type=module", "-e", `import { endProcess } from "${module}"\n${body}`], {
    encoding: "utf8"
  })

test("a process ends with the code it was given, and past its own shutdown", () => {
  const ended = run(`process.on("exit", () => console.log("shut down")); console.log("said"); endProcess(11)`)
  expect(ended.status).toBe(11)
  expect(ended.stdout).toBe("said\n")
})
