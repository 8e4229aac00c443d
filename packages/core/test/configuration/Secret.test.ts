import childProcess from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { syncBuiltinESMExports } from "node:module"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Redacted } from "effect"
import { TestClock } from "effect/testing"
import * as Secret from "../../src/configuration/Secret.ts"

const home = mkdtempSync(join(tmpdir(), "ourclone-secret-"))
afterAll(() => rmSync(home, { recursive: true }))
writeFileSync(join(home, "key"), "from a file\n")
writeFileSync(join(home, "spaces"), " kept \r\n\n")
writeFileSync(join(home, "empty"), "\n")

const surroundings: Secret.Surroundings = {
  environment: { B2_KEY: "from the environment", EMPTY: "" },
  home,
  directory: home
}

const value = (text: string) => Effect.map(Secret.resolve(text, surroundings), Redacted.value)
const failure = (text: string, where = surroundings) => Effect.flip(Secret.resolve(text, where))

describe("Secret", () => {
  it.live.each<readonly [string, string]>([
    ["K005in/place", "K005in/place"],
    ["", ""],
    ["env:B2_KEY", "from the environment"],
    ["file:~/key", "from a file"],
    ["file:key", "from a file"],
    ["file:spaces", " kept \r\n"],
    ["command:printf 'from %s\\n' 'a command'", "from a command"],
    ["text:env:B2_KEY", "env:B2_KEY"],
    ["text:keyring:x", "keyring:x"],
    ["envy:x", "envy:x"]
  ])("%j gives its value", ([text, expected]) =>
    Effect.gen(function* () {
      expect(yield* value(text)).toBe(expected)
    })
  )

  it.live.each<readonly [string, string]>([
    ["env:B2_KEI", "the environment variable B2_KEI is not set"],
    ["env:EMPTY", "EMPTY is not set"],
    ["keyring:ourclone/photos", "reads no keyring itself"],
    ["file:~/absent", `the file ${home}/absent can not be read: it does not exist`],
    ["file:~/", "it is a folder"],
    ["file:empty", "is empty"],
    ["command:exit 3", "failed with exit code 3"],
    ["command:kill -9 $$", "was ended by SIGKILL"],
    ["command:true", "printed nothing"],
    ["command:yes", "printed more than"]
  ])("%j fails and says why", ([text, words]) =>
    Effect.gen(function* () {
      expect(yield* failure(text)).toContain(words)
    })
  )

  it.live("says what a failed command complained about, without what it printed", () =>
    Effect.gen(function* () {
      const message = yield* failure("command:echo topsecret; echo no agent for topsecret >&2; exit 1")
      expect(message).toBe("its command failed with exit code 1: no agent for xxx")
      expect(yield* failure("command:exit 3")).toBe("its command failed with exit code 3")
    })
  )

  it.live("reads no more of a command that prints without end, though its shell has ended and it has not", () =>
    Effect.gen(function* () {
      const used = () => process.memoryUsage().heapUsed + process.memoryUsage().external
      const before = used()
      expect(yield* failure("command:yes | cat")).toContain("printed more than")
      yield* Effect.sleep("1 second")
      expect(used() - before).toBeLessThan(64 * 1024 * 1024)
    })
  )

  it.live("says that a command could not be started", () =>
    Effect.gen(function* () {
      const { spawn } = childProcess
      yield* Effect.addFinalizer(() =>
        Effect.sync(() => {
          Object.assign(childProcess, { spawn })
          syncBuiltinESMExports()
        })
      )
      Object.assign(childProcess, { spawn: () => spawn(join(home, "absent"), { stdio: ["ignore", "pipe", "pipe"] }) })
      syncBuiltinESMExports()
      expect(yield* failure("command:true")).toContain("its command could not be started")
    }).pipe(Effect.scoped)
  )

  it.effect("gives a command one minute", () =>
    Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(failure("command:exec sleep 1000"))
      yield* TestClock.adjust("61 seconds")
      expect(yield* Fiber.join(fiber)).toContain("did not end within 60 seconds")
    })
  )

  it("shows references, but not what a command line holds", () => {
    expect(Secret.show("env:B2_KEY")).toBe("env:B2_KEY")
    expect(Secret.show("command:echo topsecret")).toBe("command:xxx")
    expect(Secret.kindOf("K005")).toBeUndefined()
    expect(Secret.kindOf("text:env:x")).toBeUndefined()
  })
})
