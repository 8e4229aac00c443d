import { execFileSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "@effect/vitest"
import * as GoTime from "../../src/go/GoTime.ts"
import * as Random from "../support/random.ts"

const program = fileURLToPath(new URL("../support/format-times.ts", import.meta.url))

type Instant = readonly [seconds: number, nanoseconds: number]

/** Zones are a matter of the whole process, so each has one of its own. */
const formatIn = (zone: string, instants: ReadonlyArray<Instant>): ReadonlyArray<string> =>
  JSON.parse(
    execFileSync(process.execPath, [program, JSON.stringify(instants)], {
      encoding: "utf8",
      env: { ...process.env, TZ: zone }
    })
  )

/** What another part of the engine says the clocks of a zone show, to the second. */
const clockOf = (zone: string): ((seconds: number) => string) => {
  const digits = { month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" } as const
  const format = new Intl.DateTimeFormat("en-US-u-ca-iso8601", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    ...digits
  })
  return (seconds) => {
    const parts = format.formatToParts(seconds * 1000)
    const part = (type: string) => parts.find((one) => one.type === type)?.value ?? ""
    const date = `${part("year").padStart(4, "0")}-${part("month")}-${part("day")}`
    return `${date}T${part("hour")}:${part("minute")}:${part("second")}`
  }
}

const zones = ["UTC", "Europe/Berlin", "Europe/London", "Africa/Monrovia", "Australia/Lord_Howe", "America/St_Johns"]

describe("LocalTime", () => {
  it("writes the offset that was valid at the instant, and only the digits it needs", () => {
    const instants: ReadonlyArray<Instant> = [
      [1_577_934_245, 678_901_234],
      [1_720_000_000, 100_000_000],
      [0, 1],
      [-2, 500_000_000],
      [-1, 0]
    ]
    expect(formatIn("Europe/Berlin", instants)).toEqual([
      "2020-01-02T04:04:05.678901234+01:00",
      "2024-07-03T11:46:40.1+02:00",
      "1970-01-01T01:00:00.000000001+01:00",
      "1970-01-01T00:59:58.5+01:00",
      "1970-01-01T00:59:59+01:00"
    ])
  })

  it("writes Z where the offset is zero, and cuts offsets to minutes", () => {
    expect(formatIn("Europe/London", [[1_577_934_245, 0]])).toEqual(["2020-01-02T03:04:05Z"])
    expect(formatIn("Europe/London", [[1_593_561_600, 0]])).toEqual(["2020-07-01T01:00:00+01:00"])
    expect(formatIn("Africa/Monrovia", [[31_536_000, 0]])).toEqual(["1970-12-31T23:15:30-00:44"])
  })

  it("brings years without four digits to the nearest that has", () => {
    const year10000 = 253_402_300_800
    const february29of10000 = year10000 + 59 * 86_400
    const yearMinus1 = -62_198_755_200
    expect(
      formatIn("UTC", [
        [year10000 - 1, 0],
        [year10000, 5],
        [february29of10000, 0],
        [yearMinus1, 0]
      ])
    ).toEqual([
      "9999-12-31T23:59:59Z",
      "9999-01-01T00:00:00.000000005Z",
      "9999-03-01T00:00:00Z",
      "0000-01-01T00:00:00Z"
    ])
    for (const text of formatIn("Europe/Berlin", [
      [2 ** 53, 0],
      [-(2 ** 53), 0],
      [2 ** 62, 1],
      [-(2 ** 63), 1]
    ])) {
      expect(GoTime.read(text)).toBeDefined()
    }
  })

  it.each(zones)("agrees in %s with the engine's own calendar, around changes of the clocks too", (zone) => {
    const random = Random.make(4711)
    const anywhere = Array.from({ length: 300 }, () => random.number(2 ** 32) * 2 - 2_900_000_000)
    // Clocks change on few days; every quarter of an hour of two years meets them all.
    const quarters = Array.from(
      { length: 2 * 366 * 8 },
      (_, index) => 1_704_067_200 + index * 10_800 + random.number(10_800)
    )
    const instants = [...anywhere, ...quarters].map((seconds): Instant => [seconds, 0])
    const written = formatIn(zone, instants)
    const expected = clockOf(zone)
    for (const [index, [seconds]] of instants.entries()) {
      expect(written[index]!.slice(0, 19)).toBe(expected(seconds))
      if (seconds > 100_000_000) expect(GoTime.read(written[index]!)?.seconds).toBe(seconds)
    }
  })
})
