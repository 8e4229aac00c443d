import { spawnSync } from "node:child_process"
import { expect, test } from "vitest"

const module = new URL("../../src/process/EndProcess.ts", import.meta.url).href

const run = (body: string) =>
  spawnSync(process.execPath, ["--input-type=module", "-e", `import { endProcess } from "${module}"\n${body}`], {
    encoding: "utf8"
  })

test("a process ends with the code it was given, and past its own shutdown", () => {
  const ended = run(
    `process.reallyExit = () => console.log("shut down"); process.on("exit", (code) => console.log("handler", code)); console.log("said"); endProcess(11)`
  )
  expect(ended.status).toBe(11)
  expect(ended.stdout).toBe("said\nhandler 11\n")
})
