import { expect, test } from "vitest"
import { changesOf, type Option, valuesOf } from "../../web/src/forms/OptionValues.ts"
import { cronOf, cronWords, type When, whenOf } from "../../web/src/screens/schedules/cron.ts"
import { visible } from "../../web/src/ui/Path.tsx"
import { patternOf } from "../../web/src/words/patterns.ts"
import { above, inside, partsOf, trail } from "../../web/src/words/placeText.ts"
import { adviceOf } from "../../web/src/words/remedies.ts"
import { shareOf } from "../../web/src/words/taskFigures.ts"
import { goesOn } from "../../web/src/words/taskStates.ts"

test.each([
  ["photos:my-bucket/2024", "photos", "my-bucket/2024", "photos:my-bucket"],
  ["photos:my-bucket", "photos", "my-bucket", "photos:"],
  ["photos:", "photos", "", undefined],
  ["/home/ann", undefined, "/home/ann", "/home"],
  ["/home", undefined, "/home", "/"],
  ["/", undefined, "/", undefined],
  ["/a:b/c", undefined, "/a:b/c", "/a:b"]
])("%s is taken apart", (place, storage, path, up) => {
  expect(partsOf(place)).toEqual({ storage, path })
  expect(above(place)).toBe(up)
})

test("a place is walked to from its top", () => {
  expect(trail("photos:b/2024").map(({ name }) => name)).toEqual(["photos:", "b", "2024"])
  expect(trail("/home/ann").map(({ place }) => place)).toEqual(["/", "/home", "/home/ann"])
  expect(inside("photos:", "b")).toBe("photos:b")
  expect(inside("photos:b", "c")).toBe("photos:b/c")
})

test("a name with letters that mean something in a filter means itself alone", () => {
  expect(patternOf({ kind: "file", name: "a[1]*.jpg" })).toBe("/a\\[1\\]\\*.jpg")
  expect(patternOf({ kind: "folder", name: "{x}" })).toBe("/\\{x\\}/**")
})

test("a hostile name is shown as what it is", () => {
  expect(visible("a\u202egpj.exe\n")).toBe("a\\u202egpj.exe\\u000a")
})

test.each([
  ["@hourly", "every hour at :00"],
  ["@daily", "every day at 00:00"],
  ["@weekly", "every Sunday at 00:00"],
  ["@monthly", "on the first of every month at 00:00"],
  ["@yearly", "@yearly"]
])("%s is told in words where there are some", (cron, words) => {
  expect(cronWords(cron)).toBe(words)
})

const when: When = { rhythm: "daily", time: "02:05", weekday: "1", hours: "6", own: "*/5 * * * *" }

test.each([
  ["hourly", "5 * * * *", "every hour at :05"],
  ["hours", "5 */6 * * *", "every 6 hours at :05"],
  ["daily", "5 2 * * *", "every day at 02:05"],
  ["weekly", "5 2 * * 1", "every Monday at 02:05"],
  ["monthly", "5 2 1 * *", "on the first of every month at 02:05"],
  ["own", "*/5 * * * *", "*/5 * * * *"]
] as const)("what starts %s is a cron expression, and told in words", (rhythm, cron, words) => {
  expect(cronOf({ ...when, rhythm })).toBe(cron)
  expect(cronWords(cron)).toBe(words)
})

const option = (name: string, kind: Option["kind"], defaultValue: Option["defaultValue"] = null): Option => ({
  name,
  kind,
  defaultValue,
  description: name,
  choices: null,
  isWhole: false,
  isRequired: false,
  isCommon: false
})
const options = [
  option("keyId", "text"),
  option("key", "secret"),
  option("seconds", "number", 10),
  option("hard", "boolean", false)
]

test("only what somebody chose is said of new storage", () => {
  expect(valuesOf(options, { keyId: "k", key: "s", seconds: "20", hard: false })).toEqual({
    keyId: "k",
    key: "s",
    seconds: 20
  })
  expect(valuesOf(options, { keyId: "k", seconds: "", hard: true })).toEqual({ keyId: "k", hard: true })
})

test("a secret that is not typed again stays, and what is emptied is taken away", () => {
  const before = { keyId: "k", seconds: "20" }
  expect(changesOf(options, before, { ...before, key: "", seconds: "" })).toEqual({ seconds: null })
  expect(changesOf(options, before, { ...before, key: "new" })).toEqual({ key: "new" })
})

const totals = { files: 10, bytes: 100, isFinal: true, done: 10, doneBytes: 100, skipped: 0, failed: 0 }
const task = { state: { _tag: "Running", take: 1 }, totals, progress: null } as unknown as Parameters<typeof shareOf>[0]

test("nothing is said to be whole before it has ended, nor in hundredths before it is counted", () => {
  expect(shareOf(task)).toBe(0.99)
  expect(shareOf({ ...task, totals: { ...totals, isFinal: false } })).toBeUndefined()
  expect(shareOf({ ...task, state: { _tag: "Done", failed: 0 } })).toBe(1)
})

test("a mount that can not be is told what to do about it", () => {
  expect(adviceOf("MountBadMountPoint", { code: "chooseMountPoint" })?.text).toContain("another folder")
  expect(adviceOf("MountBusy", { code: "unmountFirst", values: { point: "/mnt" } })?.text).toBe("Unmount /mnt first.")
})

test("a key that was refused, and a password that is missing, lead to where they are given", () => {
  const advice = adviceOf("Unauthenticated", undefined, "photos:my-bucket/2024")
  expect(advice?.link?.to).toMatchObject({ params: { name: "photos" }, search: { change: "key" } })
  const secret = { code: "giveSecret", values: { secret: "repository:home" } }
  expect(adviceOf("SecretRefused", secret)).toMatchObject({
    text: "Give the password of repository home, under Care.",
    link: { to: { params: { repository: "home" } } }
  })
})

test("what waits for a key or for room is not said to go on when that has passed", () => {
  const waiting = { _tag: "Waiting", take: 1, until: null } as const
  const at = String
  expect(goesOn({ ...waiting, for: "credentials" }, at)).toContain("once another key or password is there")
  expect(goesOn({ ...waiting, for: "space" }, at)).toContain("once there is room")
  expect(goesOn({ ...waiting, for: "network", until: 7 }, at)).toContain("at 7")
})

test.each(["5 * * * *", "0 */6 * * *", "30 2 * * *", "0 0 * * 0", "15 23 1 * *"])(
  "the choice that %s comes from makes it again",
  (cron) => {
    expect(whenOf(cron).rhythm).not.toBe("own")
    expect(cronOf(whenOf(cron))).toBe(cron)
  }
)

test.each(["*/5 * * * *", "0 */5 * * *", "30 2 * * 1-5", "0 0 2 * *", "0 0 1 1 *", "@yearly", "nonsense"])(
  "%s comes from no choice, and stays as it is",
  (cron) => {
    expect(whenOf(cron)).toMatchObject({ rhythm: "own", own: cron })
    expect(cronOf(whenOf(cron))).toBe(cron)
  }
)
