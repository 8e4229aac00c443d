/** What people type who come from rclone, restic, Backblaze's own command or a shell, and what it is called here. */

/** Words of a command here, by those after the name of the other program. */
export const commands: Readonly<Record<string, string>> = {
  // rclone
  about: "size",
  authorize: "remote add",
  checksum: "hashsum",
  "config create": "remote add",
  "config delete": "remote remove",
  "config dump": "remote list",
  "config file": "config path",
  "config show": "remote show",
  "config update": "remote set",
  cryptcheck: "check",
  delete: "rm -r",
  deletefile: "rm",
  listremotes: "remote list",
  lsd: "ls --max-depth 1",
  lsf: "ls",
  lsl: "ls",
  md5sum: "hashsum md5",
  ncdu: "du",
  purge: "rm -r",
  rc: "task",
  rcd: "serve",
  rmdir: "rm",
  rmdirs: "rm -r",
  sha1sum: "hashsum sha1",
  sha256sum: "hashsum sha256",
  // restic
  cache: "repo cache",
  diff: "snapshot diff",
  dump: "snapshot dump",
  find: "snapshot find",
  generate: "completion",
  init: "repo init",
  "key add": "repo key add",
  "key passwd": "repo key passwd",
  list: "ls",
  "list blobs": "repo list",
  "list index": "repo list",
  "list keys": "repo list",
  "list locks": "repo list",
  "list packs": "repo list",
  "list snapshots": "repo list",
  migrate: "repo migrate",
  prune: "repo prune",
  "rebuild-index": "repo repair index",
  recover: "repo recover",
  repair: "repo repair",
  rewrite: "snapshot rewrite",
  stats: "repo stats",
  tag: "snapshot tag",
  unlock: "repo unlock",
  // b2
  account: "remote",
  "authorize-account": "remote add",
  "bucket delete": "bucket remove",
  "bucket get": "bucket show",
  "bucket get-download-auth": "link",
  "cancel-all-unfinished-large-files": "large cancel",
  "cancel-large-file": "large cancel",
  "clear-account": "remote remove",
  "copy-file-by-id": "copyto",
  "create-bucket": "bucket create",
  "create-key": "key create",
  "delete-bucket": "bucket remove",
  "delete-file-version": "rm --version-id",
  "delete-key": "key remove",
  "download-file": "copyto",
  "download-file-by-id": "copyto --version-id",
  "download-file-by-name": "copyto",
  file: "stat",
  "file cat": "cat",
  "file copy-by-id": "copyto",
  "file delete": "rm",
  "file download": "copyto",
  "file hide": "rm",
  "file info": "stat",
  "file large": "large",
  "file server-side-copy": "copyto",
  "file unhide": "undelete",
  "file upload": "copyto",
  "file url": "link",
  "get-account-info": "doctor",
  "get-bucket": "bucket show",
  "get-download-url-with-auth": "link",
  "get-file-info": "stat",
  "get-url": "link",
  "hide-file": "rm",
  "key delete": "key remove",
  "list-buckets": "bucket list",
  "list-keys": "key list",
  "list-parts": "large parts",
  "list-unfinished-large-files": "large list",
  "make-friendly-url": "link",
  "make-url": "link",
  "update-bucket": "bucket update",
  "upload-file": "copyto",
  "upload-unbound-stream": "rcat",
  // A shell
  cp: "copy",
  df: "size",
  download: "copy",
  mv: "move",
  umount: "mount unmount",
  unmount: "mount unmount",
  upload: "copy"
}

/** Of a repository, what is called like a command for files here. */
export const ofRepositories: Readonly<Record<string, string>> = {
  cat: "repo cat",
  check: "repo check",
  copy: "repo copy",
  "key create": "repo key add",
  "key list": "repo key list",
  "key remove": "repo key remove",
  ls: "snapshot ls",
  mount: "snapshot mount"
}

/** Flags that only commands for repositories have. */
export const repositoryFlags: ReadonlySet<string> = new Set(["--repo", "-r", "--password-file", "--repository-file"])

/** Words that stand alone elsewhere, where a flag says it here. */
export const words: Readonly<Record<string, string>> = {
  allPrivate: "buckets are made private; see ourclone bucket update --private",
  allPublic: "ourclone bucket update --public"
}

const triesAgain = "what may pass is tried again by itself"
const ownPace = "it finds its own pace"
const removesLast = "removals come last, always"

const snapshotNames =
  "snapshots are named by their time and id, as in 2026-11-29 22-14-03 3fa94c01; --snapshot shows one alone"

const allLevels = "what is below folders is always there; --max-depth 1 is for one of them"
const inLong = "size and time are always there"

/** What a flag of theirs is here: a flag, or why there is none. */
export const flags: Readonly<Record<string, string>> = {
  "-R": allLevels,
  "-i": "--dry-run, and the same without it",
  "-l": inLong,
  "-r": allLevels,
  "--b2-hard-delete": 'the option "hardDelete" of the remote',
  "--b2-version-at": "--at",
  "--b2-versions": "the command versions",
  "--bucket": "it is named at the end, as in b2:my-bucket",
  "--buffer-size": ownPace,
  "--cacert": 'the option "caFile" of the remote',
  "--checkers": ownPace,
  "--cleanup-cache": "the command repo cache --cleanup",
  "--config": "OURCLONE_CONFIG in the environment",
  "--cors": "--cors-rules",
  "--contimeout": 'the option "connectTimeout" of the remote',
  "--create-empty-src-dirs": "empty folders are made where the storage has a place for them",
  "--default-encryption": "--encryption",
  "--delete": "sync removes what is extra, and copy does not",
  "--delete-after": removesLast,
  "--delete-before": removesLast,
  "--delete-during": removesLast,
  "--exclude-regex": "--exclude",
  "--excludeRegex": "--exclude",
  "--from-repository-file": "--from-repo, with what the file says",
  "--human-readable": "sizes are for people, but with --json",
  "--include-regex": "--include",
  "--interactive": "--dry-run, and the same without it",
  "--log-level": "--verbose, or --debug",
  "--long": inLong,
  "--low-level-retries": triesAgain,
  "--multi-thread-cutoff": ownPace,
  "--multi-thread-streams": ownPace,
  "--no-progress": "--quiet",
  "--noProgress": "--quiet",
  "--no-traverse": ownPace,
  "--path-template": snapshotNames,
  "--recursive": allLevels,
  "--repository-file": "RESTIC_REPOSITORY_FILE in the environment, or --repo",
  "--retries": triesAgain,
  "--retries-sleep": triesAgain,
  "--stats": "--progress",
  "--stats-one-line": "--progress",
  "--stuck-request-timeout": 'the option "idleTimeout" of the remote',
  "--threads": "--transfers",
  "--time-template": snapshotNames,
  "--unsafe-recover-no-free-space":
    "the index is never removed before a new one is stored; free a little space elsewhere, then repo prune --max-repack-size 0, which packs nothing anew",
  "--versions": "the command versions",
  "--timeout": 'the option "idleTimeout" of the remote'
}
