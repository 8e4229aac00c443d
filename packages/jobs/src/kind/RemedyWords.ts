/** What could be done about a failure, in words that hold on every face. */
import type { RepositoryRemedies } from "@ourclone/backup/repository/RepositoryRemedies"
import type { CoreRemedies } from "@ourclone/core/contract/CoreRemedies"
import type { Remedy } from "@ourclone/core/contract/Remedy"
import type { MountRemedies } from "@ourclone/mount/contract/MountRemedies"
import type { JobRemedies } from "./JobRemedies.ts"

export type Remedies = CoreRemedies & RepositoryRemedies & JobRemedies & MountRemedies

export type RemedyWords = { readonly [Code in keyof Remedies]: (values: Remedies[Code]) => string }

/** Total on purpose: a new remedy does not compile until someone has words for it. */
const plain: RemedyWords = {
  addRemote: ({ name }) => `add a remote called ${name}`,
  addRemoteOfType: ({ type }) => `or add a remote of type ${type}`,
  allowEmptySource: () => "if it is meant to be empty, allow an empty source",
  allowOtherUsers: () => "let users offer their mounts to others with the line user_allow_other in /etc/fuse.conf",
  allowPruningAll: () => "if this is meant, allow that everything is removed",
  allowRemovals: ({ removals }) => `if that is right, allow ${removals} removals`,
  askForPassword: () => "ask for one",
  allowRemovingAll: () => "keep some snapshots, or say which may all go",
  cancelUnfinished: ({ place }) => `cancel the unfinished uploads of ${place}, with a key that may`,
  changeOption: ({ option }) => `change its option ${option}`,
  check: () => "check the repository",
  chooseMountPoint: () => "choose another folder, or make this one",
  chooseEmptyPoint: () => "choose an empty folder, or allow that what is in it is hidden",
  closeUsers: () => "close them and try again",
  deleteInTheWay: () => "let the restore delete what is in the way",
  enlargeCache: ({ size }) => `mount it again with a cache of ${size} or more; what was written is kept`,
  encryptServer: () => "give it a certificate with its key, or say that something in front of it speaks TLS",
  finishMaking: () => "if making the repository was cut off, make it again with the same password",
  followLinks: () => "follow symbolic links",
  followLinksByRemote: () => "name the folder by a remote that follows links",
  followOrStoreLinks: () => "store links as links, or follow them",
  forgetLost: ({ snapshot }) => `if it is lost, forget snapshot ${snapshot}, then try again`,
  giveOption: ({ option }) => `give its option ${option}`,
  giveSecret: ({ secret }) => `give the secret of ${secret}`,
  includePath: ({ path }) => `restore ${path} alone from the whole snapshot`,
  installPackage: ({ package: name }) => `install the package ${name} of your system`,
  listFiles: () => "look into the snapshot",
  listKeys: () => "see which keys the repository has",
  listSnapshots: () => "see which snapshots there are",
  makeOtherRepository: () => "make a repository",
  makeRepository: () => "check the name, or make a repository there",
  mountReadOnly: () => "or allow no changes, which its capabilities are enough for",
  nameKey: () => "name the key to open it with",
  nameStandardInput: () => "give the input a name",
  purgeBucket: () => "or remove it with all that it holds, for good",
  removeRemote: ({ name }) => `remove the remote ${name} first`,
  repairIndex: () => "repair its index",
  repairIndexBeforeSnapshots: () => "repair its index before snapshots are removed",
  repairIndexThenCheck: () => "repair its index, then check it",
  repairIndexThenSnapshots: () => "repair its index, and if that does not bring it back, its snapshots",
  repairSnapshots: () => "repair its snapshots",
  repeatName: ({ name }) => `if that is meant, say the name ${name} once more`,
  serveWebdav: () => "or serve it by WebDAV, which needs nothing of the system",
  undoPartly: () => "take back the rest, and leave what was changed since",
  unlock: () => "unlock the repository",
  unlockAll: () => "if nothing else uses the repository, unlock it by force",
  unlockUnreadable: () => "it is too old for a run to hold it: unlock the repository",
  unmountFirst: ({ point }) => `unmount ${point} first`,
  waitForDisk: () => "try again once that disk answers, or choose another folder",
  waitForLock: () => "wait for it, or unlock the repository if it no longer runs"
}

/**
 * Says what went wrong and what to do about it. A face gives the words that name its own flags, commands or screens; a
 * remedy of somebody else's, which has no words, is left out.
 */
export const telling =
  (own: Partial<RemedyWords>) =>
  ({ message, remedy }: { readonly message: string; readonly remedy?: Remedy | undefined }): string => {
    if (remedy === undefined || !Object.hasOwn(plain, remedy.code)) return message
    const code = remedy.code as keyof Remedies
    const say = (own[code] ?? plain[code]) as (values: Readonly<Record<string, string>>) => string
    return `${message}; ${say(remedy.values ?? {})}`
  }
