/** What packages say could be done, where the command line has a flag or a command for it. */
import { isValidName } from "@ourclone/core/configuration/RemoteName"
import { telling } from "@ourclone/jobs/kind/RemedyWords"

/** What went wrong and what to do about it. */
export const told = telling({
  addRemote: ({ name, path }) => {
    const command = isValidName(name)
      ? `add it with: ourclone remote add ${name} TYPE`
      : "a new one needs a name of two or more of A-Z a-z 0-9 _ . and -"
    return path === "" ? command : `${command}. For a file of this folder write ./${path}`
  },
  addRemoteOfType: ({ type }) => `or add a remote with: ourclone remote add NAME ${type}`,
  allowEmptySource: () => "if it is meant to be empty, say --allow-empty-source",
  allowPruningAll: () => "if this is meant, say --unsafe-allow-remove-all",
  allowRemovals: ({ removals }) => `if that is right, say --max-delete ${removals}`,
  allowRemovingAll: () =>
    "keep some, or say which may all go with --host, --tag or --path and --unsafe-allow-remove-all",
  giveOption: ({ option }) => `give --${option}`,
  cancelUnfinished: ({ place }) => `ourclone cleanup --unfinished ${place} removes it, with a key that may`,
  changeOption: ({ option }) => `change --${option}`,
  chooseMountPoint: () => "choose another folder, or make this one with mkdir",
  chooseEmptyPoint: () => "choose an empty folder, or say --allow-non-empty",
  closeUsers: () => "close them and try again, or say --force, which serves them until they are done",
  check: () => "run ourclone repo check",
  deleteInTheWay: () => "--delete removes it",
  askForPassword: () => "leave --no-password out",
  encryptServer: () =>
    "give --tls-certificate with --tls-key, or --behind-tls where something in front of it speaks TLS with the clients",
  enlargeCache: ({ size }) =>
    `unmount it, and mount it again with --cache-size ${size} or more; what was written is kept meanwhile`,
  finishMaking: () => "if ourclone repo init was cut off, run it again with the same password",
  followLinks: () => "--copy-links follows it",
  followLinksByRemote: () =>
    "a remote of this machine follows it that was made with: ourclone remote add NAME local --copy-links true",
  followOrStoreLinks: () => "--links stores links as files, --metadata as links, --copy-links what they point to",
  forgetLost: ({ snapshot }) => `if it is lost, remove it with ourclone forget ${snapshot}, then try again`,
  includePath: ({ path }) => `restore it with --include "${path}" from the whole snapshot`,
  listFiles: ({ snapshot }) => `ourclone snapshot ls${snapshot === "" ? "" : ` ${snapshot}`} shows what is there`,
  listKeys: () => "ourclone repo key list shows those that there are",
  listSnapshots: () => "see ourclone snapshots for all of them",
  makeOtherRepository: () => "make one with ourclone repo init",
  makeRepository: () => "check the name, or make one with ourclone repo init",
  mountReadOnly: () => "or say --read-only, for which it has all it takes",
  nameKey: () => "name one with --key-hint",
  nameStandardInput: () => "give one with --stdin-filename",
  purgeBucket: () => "or say --purge, with which all that it holds goes for good",
  removeRemote: ({ name }) => `remove it first with: ourclone remote remove ${name}`,
  repairIndex: () => "run ourclone repo repair index",
  repairIndexBeforeSnapshots: () =>
    "run ourclone repo repair index before snapshots are removed, and ourclone repo repair packs for what that can not read",
  repairIndexThenCheck: () => "run ourclone repo repair index, then ourclone repo check",
  repairIndexThenSnapshots: () =>
    "run ourclone repo repair index, and if that does not bring it back, ourclone repo repair snapshots",
  repairSnapshots: () => "run ourclone repo repair snapshots",
  repeatName: ({ name }) => `if that is meant, say --confirm ${name}`,
  serveWebdav: () => "or use ourclone serve webdav, which needs nothing of the system",
  unmountFirst: ({ point }) =>
    `unmount it first: ourclone mount unmount ${point}${point.startsWith("/") ? `, or umount ${point}` : ""}`,
  undoPartly: () => "--dry-run names each; --partly takes back the rest",
  unlock: () => "take its lock away with ourclone repo unlock",
  unlockUnreadable: () => "it is too old for a run to hold it: take it away with ourclone repo unlock",
  unlockAll: () => "if nothing else uses the repository, take it away with ourclone repo unlock --remove-all",
  waitForLock: () =>
    "wait for it, as --retry-lock does, or if it no longer runs take its lock away with ourclone repo unlock --remove-all"
})
