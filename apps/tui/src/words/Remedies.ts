/** What could be done about a failure, where screens have words of their own for it. */
import { telling } from "@ourclone/jobs/kind/RemedyWords"

/** What went wrong and what to do about it. */
export const told = telling({
  addRemote: ({ name }) => `add a storage called ${name} on the Storage screen`,
  addRemoteOfType: ({ type }) => `or add a storage of type ${type}`,
  allowEmptySource: () => "if it is meant to be empty, say so in “Source may be empty”",
  allowPruningAll: () => "if this is meant, use the command, which asks for it by a flag",
  allowRemovals: ({ removals }) => `if that is right, raise “Remove at most” to ${removals}`,
  chooseEmptyPoint: () => "choose an empty folder, or answer “Hide what is in it” with yes",
  finishMaking: () => "make the repository again with the same password: it goes on",
  giveSecret: ({ secret }) => `give the password of ${secret.replace(/^\w+:/, "")}`,
  removeRemote: ({ name }) => `remove the storage ${name} first`,
  serveWebdav: () => "or leave the screens for ourclone serve webdav, which needs nothing of the system",
  unmountFirst: ({ point }) => `unmount ${point} first, by U on the Mounts screen`
})
