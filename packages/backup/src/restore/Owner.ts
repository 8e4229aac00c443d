/** Whom what is restored belongs to. */
import type { Node } from "../format/Node.ts"
import * as UserNames from "../system/UserNames.ts"

export type Owner = Pick<Node, "uid" | "gid">

const byNumber = ({ gid, uid }: Node): Owner => ({ uid, gid })

/** By their names where this machine has them, by number otherwise. */
const byName = ({ gid, group, uid, user }: Node): Owner => ({
  uid: (user === "" ? undefined : UserNames.userId(user)) ?? uid,
  gid: (group === "" ? undefined : UserNames.groupId(group)) ?? gid
})

export const of = (isByName: boolean): ((node: Node) => Owner) => (isByName ? byName : byNumber)
