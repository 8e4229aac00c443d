/** A name as a filter that means it and nothing else. */
import type { Item } from "../places/listing.ts"

const literal = (name: string): string => name.replace(/[\\*?[\]{}]/g, "\\$&")

export const patternOf = ({ kind, name }: Pick<Item, "kind" | "name">): string =>
  kind === "folder" ? `/${literal(name)}/**` : `/${literal(name)}`
