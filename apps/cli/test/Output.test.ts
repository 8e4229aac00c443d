import * as Amount from "@ourclone/core/events/Amount"
import { printable } from "@ourclone/core/events/PrintableText"
import { expect, test } from "vitest"
import { makeCli } from "./Cli.ts"

test("names can not command the terminal", () => {
  expect(printable("a\u001b[2Jb\nc\u202e")).toBe("a␛[2Jb␊c\\u202e")
})

test.each([
  [0, "0 B"],
  [1023, "1023 B"],
  [1024, "1.0 KiB"],
  [1024 * 1024 - 1, "1.0 MiB"],
  [150 * 1024 * 1024, "150 MiB"],
  [5 * 1024 ** 4, "5.0 TiB"]
])("%i bytes are written %s", (bytes, text) => {
  expect(Amount.bytes(bytes)).toBe(text)
})

test.each([
  [1, "1 byte"],
  [1023, "1,023 bytes"],
  [2048, "2,048 bytes (2.0 KiB)"]
])("%i bytes are written %s, exactly", (bytes, text) => {
  expect(Amount.exactBytes(bytes)).toBe(text)
})

test.each([
  [0.04, "0.0 s"],
  [9.96, "10 s"],
  [65, "1:05"],
  [3725, "1:02:05"],
  [864_000, "10 days"]
])("%d seconds are written %s", (seconds, text) => {
  expect(Amount.duration(seconds)).toBe(text)
})

const commands = [
  ...["copy", "move", "sync", "check", "ls", "lsjson", "tree", "stat", "size", "cat", "rm", "mkdir", "versions"],
  ...["remote", "remote add", "remote list", "remote show", "remote test", "remote remove"],
  ...["bucket", "bucket list", "bucket create", "bucket remove", "bucket lifecycle"],
  ...["large", "large list", "large parts", "large cancel", "config", "config path", "config explain"],
  ...["completion", "version"]
]

test.each(commands)("the help of %s describes it and shows an example", async (command) => {
  const { code, out } = await makeCli().run(...command.split(" "), "--help")
  expect(code).toBe(0)
  expect(out).toMatch(/^DESCRIPTION\n {2}\S/)
  expect(out).toContain(`EXAMPLES\n  # `)
  expect(out).toContain(`\n  ourclone ${command}`)
})

test.each(["bash", "zsh", "fish"])("completion for %s asks the program what is possible", async (shell) => {
  const { code, out } = await makeCli().run("completion", shell)
  expect(code).toBe(0)
  expect(out).toContain(`complete ${shell} --`)
})
