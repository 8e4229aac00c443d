/** What is mounted where, as the system tells it: `/proc/self/mountinfo`. */

export interface MountedPlace {
  readonly point: string
  readonly type: string
  readonly source: string
  /** The minor number of its device, by which `/sys` knows it. */
  readonly minor: number
}

/** Blanks and backslashes are written as three octal digits. */
const plainText = (text: string): string =>
  text.replace(/(?:\\[0-7]{3})+/g, (digits) =>
    Buffer.from(
      digits
        .split("\\")
        .slice(1)
        .map((each) => Number.parseInt(each, 8))
    ).toString()
  )

/** In the order of the table: of several at one point the last is on top. Lines that are not understood are left out. */
export const parse = (table: string): ReadonlyArray<MountedPlace> =>
  table.split("\n").flatMap((line) => {
    const [left, right] = line.split(" - ")
    const [, , device, , point] = left!.split(" ")
    const [type, source] = right?.split(" ") ?? []
    if (device === undefined || point === undefined || type === undefined || source === undefined) return []
    return [{ point: plainText(point), type, source: plainText(source), minor: Number(device.split(":")[1]) }]
  })

/** What is on top at `point`. */
export const at = (table: string, point: string): MountedPlace | undefined =>
  parse(table).findLast((place) => place.point === point)

/** What `point` lies on. */
export const holding = (table: string, point: string): MountedPlace | undefined => {
  const above = parse(table).filter((place) => `${point}/`.startsWith(place.point === "/" ? "/" : `${place.point}/`))
  const nearest = above.reduce((most, place) => Math.max(most, place.point.length), 0)
  return above.findLast((place) => place.point.length === nearest)
}
