/** Another name at the storage, or a copy of that name, for a file that has another name here. */
import type { File } from "@ourclone/core/contract/Entry"
import type { RemotePath } from "@ourclone/core/contract/RemotePath"
import type { Node } from "../tree/Node.ts"
import type { ImpliedDirectories } from "./ImpliedDirectories.ts"
import { orNothing } from "./Run.ts"
import type { World } from "./World.ts"

/** What is at `path` then; undefined where `seen` is gone. */
export const moved = async (
  { provider, run }: World,
  implied: ImpliedDirectories,
  { remote }: Node,
  seen: File,
  path: RemotePath
): Promise<File | undefined> => {
  const { copy, location, move } = provider
  if (move === undefined) return orNothing(run, copy!(seen, location, path))
  let file: File | undefined
  await implied.around(remote ?? "", async () => {
    file = await orNothing(run, move(seen, path))
  })
  return file
}
