/** What we and the real restic make of each other's repositories, keys and locks. */
import { execFileSync, spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import * as fs from "node:fs"
import { join } from "node:path"
import { beforeEach, describe, expect, it } from "@effect/vitest"
import { skipWithout } from "@ourclone/core/testing/Programs"
import { Effect, Redacted, Stream } from "effect"
import * as KeyFiles from "../src/repository/KeyFiles.ts"
import * as Locks from "../src/repository/Locks.ts"
import type * as Repository from "../src/repository/Repository.ts"
import { withLock } from "../src/repository/RepositoryLock.ts"
import { WhileLocked } from "../src/repository/WhileLocked.ts"
import * as fixture from "./support/fixture.ts"
import * as TestRepository from "./support/TestRepository.ts"

const environmentFor = (root: string, password = TestRepository.passwordText) => ({
  ...process.env,
  RESTIC_REPOSITORY: root,
  RESTIC_PASSWORD: password,
  RESTIC_CACHE_DIR: join(root, "..", "restic-cache")
})

/** Runs restic and gives its output, both streams, and its exit code. */
const restic = (root: string, args: ReadonlyArray<string>, password?: string) => {
  const { status, stderr, stdout } = spawnSync("restic", args, {
    env: environmentFor(root, password),
    encoding: "utf8"
  })
  return { status, text: stdout + stderr, stdout }
}

beforeEach((context) => skipWithout(context, "restic"))

/** restic asks with a signal whether the process of a lock lives; a host, as this test is, must not be ended by it. */
const outlivingHangUps = Effect.asVoid(
  Effect.acquireRelease(
    Effect.sync(() => {
      const stay = () => undefined
      process.on("SIGHUP", stay)
      return stay
    }),
    (stay) => Effect.sync(() => process.off("SIGHUP", stay))
  )
)

describe("restic", () => {
  it.live("opens, checks and lists the keys of a repository that we made, and backs up into it", () =>
    Effect.gen(function* () {
      const { root, repository } = yield* TestRepository.inFolder()
      const config = JSON.parse(restic(root, ["cat", "config"]).stdout)
      expect(config).toEqual({ version: 2, id: repository.config.id, chunker_polynomial: "3da3358b4dc173" })
      const keys = JSON.parse(restic(root, ["key", "list", "--json"]).stdout)
      expect(keys).toMatchObject([{ current: true, id: repository.keyId.slice(0, keys[0].id.length) }])
      expect(restic(root, ["check", "--read-data"])).toMatchObject({
        status: 0,
        text: expect.stringContaining("no errors were found")
      })
      expect(restic(root, ["backup", fixture.path]).text).toMatch(/snapshot [0-9a-f]{8} saved/)
      expect(restic(root, ["check", "--read-data"]).status).toBe(0)
      expect(yield* Stream.runCollect(repository.list("snapshots"))).toHaveLength(1)
    }).pipe(Effect.scoped)
  )

  it.live("of version 1 too", () =>
    Effect.gen(function* () {
      const { root, repository } = yield* TestRepository.inFolder({ version: 1 })
      expect(restic(root, ["backup", fixture.path]).text).toMatch(/snapshot [0-9a-f]{8} saved/)
      const [snapshot] = yield* Stream.runCollect(repository.list("snapshots"))
      expect(JSON.parse((yield* repository.load("snapshots", snapshot!.id)).toString())).toHaveProperty("tree")
    }).pipe(Effect.scoped)
  )

  it.live("opens what it made with the keys that we add, and not with those that we remove", () =>
    Effect.gen(function* () {
      const root = join(yield* TestRepository.folder, "repository")
      expect(restic(root, ["init"]).status).toBe(0)
      const repository = yield* TestRepository.openFolder(root)
      const { scrypt } = TestRepository
      const id = yield* KeyFiles.add(repository, Redacted.make("the second"), { scrypt })
      expect(restic(root, ["snapshots"], "the second").status).toBe(0)
      yield* KeyFiles.remove(repository, id)
      expect(restic(root, ["snapshots"], "the second").text).toContain("wrong password")
      yield* KeyFiles.changePassword(repository, Redacted.make("the third"), { scrypt })
      expect(restic(root, ["snapshots"], "the third").status).toBe(0)
      expect(restic(root, ["snapshots"]).status).not.toBe(0)
    }).pipe(Effect.scoped)
  )

  it.live("reads the indexes and snapshots that we save", () =>
    Effect.gen(function* () {
      const root = join(yield* TestRepository.folder, "repository")
      fixture.copyTo(root)
      const repository = yield* TestRepository.openFolder(root, { password: fixture.password })
      for (const type of ["index", "snapshots"] as const) {
        for (const { id } of yield* Stream.runCollect(repository.list(type))) {
          const json = yield* repository.load(type, id)
          yield* repository.remove(type, id)
          yield* repository.save(type, json)
        }
      }
      expect(restic(root, ["check", "--read-data"], "fixture").text).toContain("no errors were found")
      expect(JSON.parse(restic(root, ["snapshots", "--json"], "fixture").stdout)).toHaveLength(2)
    }).pipe(Effect.scoped)
  )

  it.live("is kept out by our locks, and names us as their holder", () =>
    Effect.gen(function* () {
      const { root, repository } = yield* TestRepository.inFolder()
      const tried = (args: ReadonlyArray<string>) => Effect.sync(() => restic(root, args))
      const check = yield* withLock(repository, { exclusive: false }, tried(["check"]))
      expect(check.status).not.toBe(0)
      expect(check.text).toMatch(new RegExp(`already locked by PID ${process.pid} on .* by`))
      expect((yield* withLock(repository, { exclusive: false }, tried(["snapshots"]))).status).toBe(0)
      expect((yield* withLock(repository, { exclusive: true }, tried(["snapshots"]))).status).not.toBe(0)
      expect(restic(root, ["check"]).status).toBe(0)
    }).pipe(Effect.scoped)
  )

  it.live("takes our dead locks away with its unlock, and leaves live ones", () =>
    Effect.gen(function* () {
      const { root, repository } = yield* TestRepository.inFolder()
      const unlocking = Effect.sync(
        () => restic(root, ["unlock"]).status === 0 && fs.readdirSync(join(root, "locks")).length
      )
      const kept = yield* withLock(repository, { exclusive: true }, unlocking).pipe(
        Effect.provideService(WhileLocked, outlivingHangUps)
      )
      expect(kept).toBe(1)
      const pid = spawnSync("true").pid
      yield* repository.save("locks", Buffer.from(JSON.stringify({ ...(yield* ownLock(repository)), pid })))
      expect(restic(root, ["unlock"]).status).toBe(0)
      expect(fs.readdirSync(join(root, "locks"))).toEqual([])
    }).pipe(Effect.scoped)
  )

  it.live("keeps us out with its locks, which unlock takes away once it was killed", () =>
    Effect.gen(function* () {
      const { root, repository } = yield* TestRepository.inFolder()
      const child = spawn("restic", ["backup", "--stdin"], {
        env: environmentFor(root),
        stdio: ["pipe", "ignore", "ignore"]
      })
      yield* Effect.promise(() => expect.poll(() => lockNames(root).length, { timeout: 240_000 }).toBe(1))
      const attempt = Effect.flip(withLock(repository, { exclusive: true }, Effect.void))
      const error = yield* attempt
      expect(error).toMatchObject({ reason: { _tag: "Locked" } })
      expect(error.message).toContain(`(pid ${child.pid}, last seen less than a minute ago)`)
      const exit = once(child, "exit")
      child.kill("SIGKILL")
      yield* Effect.promise(() => exit)
      expect(yield* attempt).toMatchObject({
        message: expect.stringMatching(/no longer runs$/),
        reason: { remedy: { code: "unlock" } }
      })
      expect(yield* Locks.unlock(repository, { all: false })).toBe(1)
      expect(yield* withLock(repository, { exclusive: true }, Effect.succeed("held"))).toBe("held")
    }).pipe(Effect.scoped)
  )
})

describe("a repository of restic's", () => {
  for (const version of ["1", "2"]) {
    it.live(`of version ${version} is opened, and what is in it read`, () =>
      Effect.gen(function* () {
        const root = join(yield* TestRepository.folder, "repository")
        execFileSync("restic", ["init", "--repository-version", version], {
          env: environmentFor(root),
          stdio: "ignore"
        })
        execFileSync("restic", ["backup", fixture.path], { env: environmentFor(root), stdio: "ignore" })
        const repository: Repository.Repository = yield* TestRepository.openFolder(root)
        expect(repository.config.version).toBe(Number(version))
        for (const type of ["index", "snapshots"] as const) {
          const [file] = yield* Stream.runCollect(repository.list(type))
          expect(JSON.parse((yield* repository.load(type, file!.id)).toString())).toBeTypeOf("object")
        }
      }).pipe(Effect.scoped)
    )
  }
})

const lockNames = (root: string): ReadonlyArray<string> => {
  const folder = join(root, "locks")
  return fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => !name.includes("tmp")) : []
}

/** What our lock looks like while it is held. */
const ownLock = (repository: Repository.Repository) =>
  withLock(
    repository,
    { exclusive: true },
    Effect.map(Locks.list(repository), ([found]) => found!.lock!)
  )
