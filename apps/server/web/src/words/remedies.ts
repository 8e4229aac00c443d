/** What could be done about a failure, in the words of the page: a sentence, and where it goes, if it goes somewhere. */
import type { Remedy } from "@ourclone/core/contract/Remedy"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import type { Remedies } from "@ourclone/jobs/kind/RemedyWords"
import type { LinkProps } from "@tanstack/react-router"

interface AdviceLink {
  readonly label: string
  readonly to: LinkProps
}

export interface Advice {
  readonly text: string
  readonly link?: AdviceLink
}

const storage = (label: string): AdviceLink => ({ label, to: { to: "/storage" } })
const backup = (label: string): AdviceLink => ({ label, to: { to: "/backup" } })

/** Total on purpose: a new remedy does not compile until the page has words for it. */
const words: { readonly [Code in keyof Remedies]: (values: Remedies[Code]) => Advice } = {
  addRemote: ({ name }) => ({
    text: `Add storage named ${name}.`,
    link: { label: "Add Storage", to: { to: "/storage/~new" } }
  }),
  addRemoteOfType: ({ type }) => ({
    text: `Add storage of the kind ${type}.`,
    link: { label: "Add Storage", to: { to: "/storage/~new" } }
  }),
  allowEmptySource: () => ({ text: "If the source is meant to be empty, plan it again and allow that." }),
  allowOtherUsers: () => ({
    text: "Let users offer their mounts to others: the line user_allow_other in /etc/fuse.conf of the service's machine."
  }),
  allowPruningAll: () => ({ text: "If all of it may go, prune with “remove everything” allowed." }),
  allowRemovals: ({ removals }) => ({ text: `If that is right, plan it again and allow ${removals} deletions.` }),
  allowRemovingAll: () => ({ text: "Keep some snapshots, or choose which ones may all go." }),
  askForPassword: () => ({ text: "Ask for a password." }),
  giveOption: ({ option }) => ({ text: `Give ${option} of the storage.`, link: storage("Open Storage") }),
  cancelUnfinished: ({ place }) => ({ text: `Cancel the unfinished uploads of ${place}, with a key that may.` }),
  changeOption: ({ option }) => ({ text: `Change ${option} of the storage.`, link: storage("Open Storage") }),
  check: () => ({ text: "Check the repository.", link: backup("Open Backup") }),
  chooseMountPoint: () => ({ text: "Choose another folder, or make this one on the service's machine." }),
  chooseEmptyPoint: () => ({ text: "Choose an empty folder, or allow one that is not." }),
  closeUsers: () => ({ text: "Close what uses the mount, then try again." }),
  deleteInTheWay: () => ({ text: "Restore with “remove what is not in the snapshot”." }),
  encryptServer: () => ({
    text: "Give it a certificate with its key, or say that something in front of it speaks TLS."
  }),
  enlargeCache: ({ size }) => ({
    text: `Unmount it, and mount it again with a cache of ${size} or more. What was written is kept meanwhile.`
  }),
  finishMaking: () => ({ text: "If making the repository was cut off, make it again with the same password." }),
  followLinksByRemote: () => ({ text: "Name the folder by a storage of this machine that follows symbolic links." }),
  followLinks: () => ({ text: "Follow links, in the options of the transfer." }),
  followOrStoreLinks: () => ({ text: "Store links, or follow them, in the options of the transfer." }),
  forgetLost: ({ snapshot }) => ({
    text: `If it is lost, forget snapshot ${snapshot}, then try again.`,
    link: backup("Open Backup")
  }),
  giveSecret: ({ secret }) => {
    const [, repository] = /^repository:(.*)$/s.exec(secret) ?? []
    if (repository === undefined) return { text: `Give the secret of ${secret}.`, link: storage("Open Storage") }
    return {
      text: `Give the password of repository ${repository}, under Care.`,
      link: {
        label: "Give password",
        to: { to: "/backup/$repository", params: { repository }, search: { view: "care" } }
      }
    }
  },
  includePath: ({ path }) => ({ text: `Choose ${path} in the whole snapshot.` }),
  installPackage: ({ package: name }) => ({ text: `Install the package ${name} on the service's machine.` }),
  listFiles: () => ({ text: "Look what is in the snapshot.", link: backup("Open Backup") }),
  listKeys: () => ({ text: "Look which keys there are." }),
  listSnapshots: () => ({ text: "Look which snapshots there are.", link: backup("Open Backup") }),
  makeOtherRepository: () => ({
    text: "Make another repository.",
    link: { label: "New repository", to: { to: "/backup/~new" } }
  }),
  makeRepository: () => ({
    text: "Check the name, or make a repository there.",
    link: { label: "New repository", to: { to: "/backup/~new" } }
  }),
  mountReadOnly: () => ({ text: "Or allow no changes, for which the key has all it takes." }),
  nameKey: () => ({ text: "Name the key to be used." }),
  nameStandardInput: () => ({ text: "Give the input a file name." }),
  purgeBucket: () => ({ text: "Or remove it with all that it holds, for good." }),
  removeRemote: ({ name }) => ({ text: `Remove ${name} first.`, link: storage("Open Storage") }),
  repairIndex: () => ({ text: "Repair the index of the repository.", link: backup("Open Backup") }),
  repairIndexBeforeSnapshots: () => ({
    text: "Repair the index before snapshots are removed.",
    link: backup("Open Backup")
  }),
  repairIndexThenCheck: () => ({ text: "Repair the index, then check the repository.", link: backup("Open Backup") }),
  repairIndexThenSnapshots: () => ({
    text: "Repair the index, and if that is not enough, snapshots.",
    link: backup("Open Backup")
  }),
  repairSnapshots: () => ({ text: "Repair snapshots.", link: backup("Open Backup") }),
  repeatName: ({ name }) => ({ text: `Say the name once more: ${name}.` }),
  serveWebdav: () => ({ text: "Or serve it over WebDAV, which needs nothing of the system." }),
  undoPartly: () => ({ text: "Take back the rest, and leave what was changed since." }),
  unlock: () => ({ text: "Unlock the repository.", link: backup("Open Backup") }),
  unlockUnreadable: () => ({
    text: "The lock is too old for a run to hold it: unlock the repository.",
    link: backup("Open Backup")
  }),
  unlockAll: () => ({ text: "If nothing else uses the repository, unlock it.", link: backup("Open Backup") }),
  unmountFirst: ({ point }) => ({
    text: `Unmount ${point} first.`,
    link: { label: "Open Mounts", to: { to: "/mounts" } }
  }),
  waitForDisk: () => ({ text: "Try again once that disk answers, or choose another folder." }),
  waitForLock: () => ({
    text: "Wait for it, or unlock the repository if it no longer runs.",
    link: backup("Open Backup")
  })
}

/** For failures of a storage that come without a remedy of their own. */
const byCode: { readonly [Code in StorageError["reason"]["_tag"]]: Advice } = {
  AlreadyExists: { text: "Something of that name is there already: take another name, or remove it." },
  ChecksumMismatch: {
    text: "What arrived is not what was sent: retry, and look at the disk or the line if it stays so."
  },
  InvalidRequest: { text: "The storage does not take this: the message says what." },
  NoSpace: { text: "Free some space, then retry." },
  NotFound: { text: "It was gone when its turn came. Nothing is to be done if that was meant." },
  PermissionDenied: { text: "The key or user may not do that: use one that may." },
  QuotaExceeded: { text: "Raise the cap in the console of the provider, then retry." },
  RateLimited: { text: "The storage asked to go slower: retry later." },
  SourceChanged: { text: "It changed while it was read: retry once nothing writes to it." },
  Unauthenticated: { text: "The key was refused: replace it, then retry.", link: storage("Replace key") },
  Unavailable: { text: "The storage or the network did not answer: retry later." },
  UnexpectedResponse: { text: "The storage answered what nobody understands: retry, and report it if it stays so." }
}

/** Nothing for what nobody has advice about. `provider` is the place that is to blame. */
export const adviceOf = (code: string, remedy: Remedy | null | undefined, provider?: string): Advice | undefined => {
  if (remedy != null && Object.hasOwn(words, remedy.code)) {
    const say = words[remedy.code as keyof Remedies] as (values: Readonly<Record<string, string>>) => Advice
    return say(remedy.values ?? {})
  }
  const [storage] = /^[^:/]+/.exec(provider ?? "") ?? []
  if (code === "Unauthenticated" && storage !== undefined) {
    const to = { to: "/storage/$name", params: { name: storage }, search: { change: "key" } } as const
    return { text: `The key of ${storage} was refused: replace it.`, link: { label: "Replace key", to } }
  }
  return Object.hasOwn(byCode, code) ? byCode[code as keyof typeof byCode] : undefined
}

/** A code as a reason: `PermissionDenied` is `Permission denied`. */
export const reasonOf = (code: string): string => {
  const spaced = code.replace(
    /([a-z])([A-Z])/g,
    (_, before: string, after: string) => `${before} ${after.toLowerCase()}`
  )
  return spaced === "" ? "Passed over" : spaced
}
