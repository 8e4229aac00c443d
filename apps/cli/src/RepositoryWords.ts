/** The words of the command line for fields of requests about repositories; spelled as restic spells them. */
import type { FlagWords } from "./FlagWords.ts"
import { duration, mebibytes, moment, size } from "./repository/Units.ts"

export const repositoryWords = {
  keyHint: { metavar: "id", description: "The key to try first" },
  cache: { flag: "no-cache", description: "Keep nothing of the repository on this machine" },
  extraVerify: {
    flag: "no-extra-verify",
    description: "Do not open again what was encrypted before it is sent, which finds faulty memory"
  },
  waitMillis: {
    flag: "retry-lock",
    metavar: "duration",
    description: "Wait so long for a locked repository, such as 5m or 1h",
    read: duration
  },
  lock: { flag: "no-lock", description: "Take no lock; for a repository that may only be read" },
  excludeIfPresent: {
    metavar: "name[:header]",
    description: "Leave out what is in folders that hold such a file"
  },
  excludeLargerThan: {
    metavar: "size",
    description: "Leave out files larger than this, such as 500M",
    read: size
  },
  oneFileSystem: { alias: "x" },
  timeMillis: {
    flag: "time",
    metavar: "time",
    description: 'The time it is said to be of, such as "2026-11-21 20:45:00"',
    read: moment
  },
  parent: { metavar: "snapshot", description: "What to compare with; else the newest snapshot of its group" },
  groupBy: {
    alias: "g",
    metavar: "host,paths,tags",
    description: "What snapshots of one group have in common; else host,paths"
  },
  compression: { description: "How hard to compress; else RESTIC_COMPRESSION, or auto" },
  packSizeBytes: {
    flag: "pack-size",
    metavar: "MiB",
    description: "How large the files of the repository become; else 16",
    read: mebibytes(4, 128)
  },
  readConcurrency: {
    metavar: "files",
    description: "How many files are read at once; else as many as there are processors, up to 4"
  },
  overwrite: { description: "What becomes of files that are there already; else always" },
  includeXattr: { metavar: "pattern" },
  excludeXattr: { metavar: "pattern" },
  readData: { description: "Read everything that is stored" },
  readDataSubset: {
    metavar: "part",
    description: "Read a part: n/t (the nth of t parts), a share such as 5%, or a size"
  },
  maxRepackBytes: {
    flag: "max-repack-size",
    metavar: "size",
    description: "Pack anew at most so much in this run",
    read: size
  },
  repackSmall: { description: "Pack every file that is smaller than usual anew" },
  repackSmallerThanBytes: { flag: "repack-smaller-than", metavar: "size", read: size },
  maxDownloadBytes: {
    flag: "max-download",
    metavar: "size",
    description: "Fetch at most so much in this run; the next one goes on",
    read: size
  },
  minFreePercent: { metavar: "percent" },
  minPackAgeMillis: {
    flag: "min-pack-age",
    metavar: "duration",
    description: "Leave alone files younger than this, such as 7d",
    read: duration
  },
  maxAgeMillis: {
    flag: "max-age",
    metavar: "duration",
    description: "With --cleanup, remove what nobody used for so long, such as 7d; else 30d",
    read: duration
  },
  maxBytes: {
    flag: "max-size",
    metavar: "size",
    description: "With --cleanup, how much all may take together, such as 5G; what was used last stays",
    read: size
  },
  newHost: { metavar: "name" },
  newTimeMillis: {
    flag: "new-time",
    metavar: "time",
    description: 'The time it is said to be of from now on, such as "2026-11-21 20:45:00"',
    read: moment
  },
  forget: { description: "Remove the snapshots that are replaced" },
  readAllPacks: { description: "Trust no index, and read the end of every pack" },
  set: { metavar: "tag,…", description: 'Replace all tags by these; "" leaves none' },
  add: { metavar: "tag,…", description: "Give these tags" },
  remove: { metavar: "tag,…", description: "Take these tags away" },
  removeAll: { description: "Remove the locks of runs that may be alive, too" },
  seed: { metavar: "text", description: "Choose the files that another drill with this seed chose" },
  temporary: { metavar: "folder", description: "Where there is room to restore them to" },
  latest: { metavar: "count", description: "Only the newest so many of each host and its paths" },
  ignoreCase: { alias: "i" },
  oldestMillis: {
    flag: "oldest",
    alias: "O",
    metavar: "time",
    description: "Only what was changed at this time or later",
    read: moment
  },
  newestMillis: {
    flag: "newest",
    alias: "N",
    metavar: "time",
    description: "Only what was changed at this time or before",
    read: moment
  },
  outline: { flag: "ncdu", description: "As JSON for ncdu -f -, which shows what takes the space" },
  showPackId: { description: "With --blob, --tree or --pack: also say which pack each is in" },
  metadata: { description: "Print also what differs in mode, owner or time alone" },
  archive: { alias: "a", description: "What a folder becomes; else tar" },
  mode: { description: "What to count; else restore-size" }
} satisfies { readonly [field: string]: FlagWords }
