/** What could be done about a failure, in the words of screens. */
import type { RepositoryRemedies } from "@ourclone/backup/repository/RepositoryRemedies"
import type { CoreRemedies } from "@ourclone/core/contract/CoreRemedies"
import type { Remedy } from "@ourclone/core/contract/Remedy"
import type { JobRemedies } from "@ourclone/jobs/kind/JobRemedies"
import type { LocalRemedies } from "@ourclone/provider-local/LocalRemedies"

type Remedies = CoreRemedies & LocalRemedies & RepositoryRemedies & JobRemedies

/** Total on purpose: a new remedy does not compile until someone has words for it. */
const words: { readonly [Code in keyof Remedies]: (values: Remedies[Code]) => string } = {
  addRemote: ({ name }) => `add a storage called ${name} on the Storage screen`,
  addRemoteOfType: ({ type }) => `or add a storage of type ${type}`,
  allowEmptySource: () => "if it is meant to be empty, sync with “let an empty source empty the destination”",
  allowPruningAll: () => "if this is meant, use the command, which asks for it by a flag",
  allowRemovals: ({ removals }) => `if that is right, raise “remove at most” to ${removals}`,
  allowRemovingAll: () => "keep some snapshots, or say which may all go",
  changeOption: ({ option }) => `change its option ${option}`,
  check: () => "check the repository",
  deleteInTheWay: () => "let the restore delete what is in the way",
  finishMaking: () => "make the repository again with the same password: it goes on",
  followLinks: () => "follow symbolic links",
  followOrStoreLinks: () => "store links as links, or follow them",
  forgetLost: ({ snapshot }) => `if it is lost, forget snapshot ${snapshot}, then try again`,
  giveSecret: ({ secret }) => `give the password of ${secret.replace(/^\w+:/, "")}`,
  includePath: ({ path }) => `restore ${path} alone from the whole snapshot`,
  listFiles: () => "look into the snapshot",
  listKeys: () => "see which keys the repository has",
  listSnapshots: () => "see which snapshots there are",
  makeOtherRepository: () => "make a repository",
  makeRepository: () => "check the name, or make a repository there",
  nameKey: () => "name the key to open it with",
  nameStandardInput: () => "give the input a name",
  removeRemote: ({ name }) => `remove the storage ${name} first`,
  repairIndex: () => "repair its index",
  repairIndexBeforeSnapshots: () => "repair its index before snapshots are removed",
  repairIndexThenCheck: () => "repair its index, then check it",
  repairIndexThenSnapshots: () => "repair its index, and if that does not help, its snapshots",
  repairSnapshots: () => "repair its snapshots",
  repeatName: ({ name }) => `if that is meant, say the name ${name} once more`,
  undoPartly: () => "take back the rest, and leave what was changed since",
  unlock: () => "unlock the repository",
  unlockUnreadable: () => "it is too old for a run to hold it: unlock the repository",
  unlockAll: () => "if nothing else uses the repository, unlock it by force",
  waitForLock: () => "wait for it, or unlock the repository if it no longer runs"
}

/** `undefined` for a remedy of somebody else's, which has no words here. */
export const wordsOf = ({ code, values = {} }: Remedy): string | undefined => {
  if (!Object.hasOwn(words, code)) return undefined
  const say = words[code as keyof Remedies] as (values: Readonly<Record<string, string>>) => string
  return say(values)
}

/** What went wrong and what to do about it. */
export const told = ({
  message,
  remedy
}: {
  readonly message: string
  readonly remedy?: Remedy | undefined
}): string => {
  const advice = remedy === undefined ? undefined : wordsOf(remedy)
  return advice === undefined ? message : `${message}; ${advice}`
}
