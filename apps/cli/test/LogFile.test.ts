/** `--log-file`: what is said on standard error, in a file. */
import { expect, test } from "vitest"
import { makeCli } from "./Cli.ts"

const stamped = (text: string) => new RegExp(`^\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z ${text}`, "m")

test("what would be said on standard error stands in the log file with its time, run after run", async () => {
  const { folder, list, read, run, write } = makeCli({ isErrorTerminal: true })
  write("from/a.txt", "a")
  const first = await run("copy", "--log-file", "@/log", "-v", "@/from", "@/to")
  expect([first.code, first.error, first.out]).toEqual([0, "", ""])
  expect(read("log")).toMatch(stamped("copied a.txt"))
  const second = await run("copy", `--log-file=${folder}/log`, "@/none", "@/to")
  expect([second.code, second.error]).toEqual([4, ""])
  expect(read("log")).toMatch(stamped("error: .*none"))
  expect(list("to")).toEqual(["a.txt"])
})

test("results stay on standard output, and wrong usage stands in the log too", async () => {
  const { read, run, write } = makeCli()
  write("from/a.txt", "a")
  expect((await run("ls", "--log-file", "@/log", "@/from")).out).toContain("a.txt")
  const wrong = await run("ls", "--log-file", "@/log", "--no-such-flag", "@/from")
  expect([wrong.code, wrong.error]).toEqual([2, ""])
  expect(read("log")).toMatch(stamped("error: .*--no-such-flag"))
})

test("a log file that can not be written is wrong usage, and nothing is done", async () => {
  const { list, run, write } = makeCli()
  write("from/a.txt", "a")
  const ran = await run("copy", "--log-file", "@/none/log", "@/from", "@/to")
  expect([ran.code, ran.error]).toEqual([2, expect.stringContaining("the log file can not be written")])
  expect(ran.error).toContain("it does not exist")
  expect(ran.error).not.toMatch(/open '/)
  expect(list("")).not.toContain("to/a.txt")
})
