/** Names for what would otherwise be lost. */

/** `report (conflict 2026-11-29 22-14-03 laptop).txt`; `again` counts up where the name is taken. */
export const besides = (
  name: string,
  word: "conflict" | "recovered",
  at: Date,
  host: string,
  again: number
): string => {
  const dot = name.lastIndexOf(".")
  const [stem, extension] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ""]
  const when = at.toISOString().slice(0, 19).replace("T", " ").replaceAll(":", "-")
  const place = host.replace(/[^\w.-]/g, "_")
  return `${stem} (${word} ${when} ${place}${again === 0 ? "" : ` ${again + 1}`})${extension}`
}
