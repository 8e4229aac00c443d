import { afterEach, expect, test, vi } from "vitest"
import type { TaskAnswer } from "../../src/api/tasks/TaskAnswer.ts"
import { failedTasks, tasksOfKind } from "../../web/src/api/tasks.ts"
import { lastOf } from "../../web/src/screens/backup/repositoryTasks.ts"
import { backedFolders } from "../../web/src/screens/overview/backedFolders.ts"

afterEach(() => void vi.unstubAllGlobals())

const backup = (id: string, host: string, paths: ReadonlyArray<string>, failed = 0) =>
  ({
    id,
    kind: "backup",
    request: { repository: "home", paths },
    host,
    state: { _tag: "Done", failed },
    endedAt: Number(id)
  }) as unknown as TaskAnswer

const told = (tasks: ReadonlyArray<TaskAnswer>) =>
  backedFolders(tasks).map(({ folders, host, isNewestGood, task }) => [folders, host, task?.id, isNewestGood])

test("each folder of each machine has its own last good backup, whatever it was backed up with", () => {
  const tasks = [
    backup("5", "attic", ["/docs"], 1),
    backup("4", "cellar", ["/docs", "/music"]),
    backup("3", "attic", ["/music", "/docs"]),
    backup("2", "attic", ["/mail"], 2)
  ]
  expect(told(tasks)).toEqual([
    ["/docs", "attic", "3", false],
    ["/docs, /music", "cellar", "4", true],
    ["/music", "attic", "3", true],
    ["/mail", "attic", undefined, false]
  ])
  expect(told([backup("1", "attic", ["/docs"])])).toEqual([["/docs", undefined, "1", true]])
})

test("what is said of backups, checks and failures is asked for itself, however many other tasks are newer", async () => {
  const asked: Array<URL> = []
  vi.stubGlobal("fetch", (address: string) => {
    const url = new URL(address, "http://here")
    asked.push(url)
    const tasks = url.searchParams.get("kind") === "backup" ? [backup("7", "attic", ["/docs"])] : []
    return Promise.resolve(Response.json({ tasks, isCut: false }))
  })
  const run = ({ queryFn }: ReturnType<typeof tasksOfKind>) => (queryFn as () => Promise<ReadonlyArray<TaskAnswer>>)()
  expect(lastOf(await run(tasksOfKind("backup")), "home")?.id).toBe("7")
  await (failedTasks.queryFn as () => Promise<unknown>)()
  expect(asked.map(({ search }) => search)).toEqual(["?kind=backup&limit=500", "?state=Failed&limit=200"])
})
