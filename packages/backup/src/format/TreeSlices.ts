/** Cuts the JSON of a large tree into smaller trees, without decoding it. */
import * as GoQuote from "../go/GoQuote.ts"
import * as Tree from "./Tree.ts"

const opening = '{"nodes":['
const closing = "]}\n"
const nodeStart = '{"name":"'
/** Occurs in every node, once, and in no text: a quotation mark in a text is escaped. */
const afterName = Buffer.from('","type":"')

/** The bytes of the name, one character each. */
const nameOf = (quoted: string): string =>
  quoted.includes("\\")
    ? GoQuote.unquote(JSON.parse(`"${Buffer.from(quoted, "latin1").toString()}"`) as string).toString("latin1")
    : quoted

const wrap = (bytes: Buffer, start: number, end: number): Uint8Array<ArrayBuffer> => {
  const length = Math.max(0, end - start)
  const tree = Buffer.allocUnsafeSlow(opening.length + length + closing.length)
  tree.write(opening, 0, "latin1")
  if (length > 0) bytes.copy(tree, opening.length, start, end)
  tree.write(closing, opening.length + length, "latin1")
  return tree
}

const isPlain = (bytes: Buffer): boolean => bytes.toString("latin1", 0, opening.length) === opening

const cut = (bytes: Buffer, firsts: ReadonlyArray<string>): ReadonlyArray<Uint8Array<ArrayBuffer>> => {
  const slices: Array<Uint8Array<ArrayBuffer>> = []
  const end = bytes.lastIndexOf("]}")
  let start = opening.length
  for (let named = bytes.indexOf(afterName); named >= 0; ) {
    const at = bytes.lastIndexOf(nodeStart, named)
    const name = nameOf(bytes.toString("latin1", at + nodeStart.length, named))
    while (slices.length + 1 < firsts.length && name >= firsts[slices.length + 1]!) {
      slices.push(wrap(bytes, start, at - 1))
      start = at
    }
    named = bytes.indexOf(afterName, named + afterName.length)
  }
  while (slices.length < firsts.length) {
    slices.push(wrap(bytes, start, end))
    start = end
  }
  return slices
}

/**
 * One tree for each of `firsts`, which are in order: it has the nodes whose names
 * are not before it and before the next one. Names are byte text. Throws what
 * `Tree.decode` throws.
 */
export const slice = (tree: Uint8Array, firsts: ReadonlyArray<string>): ReadonlyArray<Uint8Array<ArrayBuffer>> => {
  const bytes = Buffer.from(tree.buffer, tree.byteOffset, tree.byteLength)
  return cut(isPlain(bytes) ? bytes : Tree.joinTree(Tree.decode(bytes).map(Tree.encodeNode)), firsts)
}
