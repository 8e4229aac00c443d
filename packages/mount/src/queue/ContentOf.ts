/** The content of a node, which is made where there is none yet. */
import type { Content } from "../cache/Content.ts"
import type { Node } from "../tree/Node.ts"
import { commit } from "./Commit.ts"
import type { World } from "./World.ts"

export const contentOf = (world: World, node: Node): Content => {
  const { contents, journal, tree } = world
  const known = node.content === undefined ? undefined : contents.get(node.content)
  if (known !== undefined) return known
  return commit(world, () => {
    const content = contents.create(node.seen)
    // The number of a row that came to nothing is given again, to another content.
    journal.orElse(() => {
      node.content = undefined
    })
    node.content = content.id
    tree.save(node)
    return content
  })
}
