/** The two kinds of blob: pieces of files, and directories. In tables of numbers 0 is data and 1 is a tree. */

export type BlobType = "data" | "tree"

export const data = 0
export const tree = 1
export type BlobTypeNumber = typeof data | typeof tree

export const nameOf = (type: BlobTypeNumber): BlobType => (type === tree ? "tree" : "data")

export const numberOf = (type: BlobType): BlobTypeNumber => (type === "tree" ? tree : data)
