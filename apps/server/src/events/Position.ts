/** How far somebody has read: the number of the last change of any task, and of the last fact of tasks that are watched. */

export interface Position {
  readonly change: number
  readonly facts: ReadonlyMap<string, number>
}

/** `812` or `812;01abc:57,01abd:3`. */
export const write = ({ change, facts }: Position): string => {
  const parts = [...facts].map(([task, seq]) => `${task}:${seq}`)
  return parts.length === 0 ? `${change}` : `${change};${parts.join(",")}`
}

const number = /^\d{1,15}$/
const watched = /^[0-9a-z]{1,64}:\d{1,15}$/

/** Nothing for what is no position. */
export const read = (text: string): Position | undefined => {
  const end = text.indexOf(";")
  const change = end < 0 ? text : text.slice(0, end)
  const rest = end < 0 ? "" : text.slice(end + 1)
  const parts = rest === "" ? [] : rest.split(",")
  if (!number.test(change) || !parts.every((part) => watched.test(part))) return undefined
  return {
    change: Number(change),
    facts: new Map(
      parts.map((part) => {
        const [task = "", seq = "0"] = part.split(":")
        return [task, Number(seq)] as const
      })
    )
  }
}
