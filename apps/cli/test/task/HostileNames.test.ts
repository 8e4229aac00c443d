import { expect, test } from "vitest"
import { makeCli } from "../Cli.ts"

// biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may come out.
const control = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/

test("names that would move the cursor, end a line or turn text around are spelled out wherever a task is told of", async () => {
  const cli = makeCli()
  cli.write("from/good", "one")
  const names = ["\u001b[2J\u001b[31mred", "two\nlines", "bell\u0007", "right\u202eto left", "back\rwards"]
  for (const name of names) {
    cli.write(`from/${name}`, "one")
    // It can not be stored, as a folder is there.
    cli.write(`to/${name}/in`, "two")
  }
  expect((await cli.run("copy", "@/from", "@/to")).code).toBe(3)
  const { id } = JSON.parse((await cli.run("task", "list", "--json")).out)
  const said = [
    await cli.run("task", "list"),
    await cli.run("task", "show", id),
    await cli.run("task", "watch", id),
    ...(await Promise.all(names.map((name) => cli.run("task", "why", name)))),
    await cli.run("task", "why", "\u001b[2Jnothing")
  ]
  for (const { error, out } of said) {
    expect(out).not.toMatch(control)
    expect(error).not.toMatch(control)
  }
  expect(said[1]?.out).toContain("5 failed")
  expect(said[1]?.out.split("\n").filter((line) => line.includes("lines"))).toHaveLength(1)
})
