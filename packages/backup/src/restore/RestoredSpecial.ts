/** Finishes what needs no content: empty files, hard links, special files, metadata of directories, files written before. */
import * as fs from "node:fs"
import type { MetadataOptions } from "../format/Metadata.ts"
import * as SpecialFile from "../format/SpecialFile.ts"
import * as RestoredFile from "./RestoredFile.ts"
import { applyMetadata, nodeOf, type Problem } from "./RestoredMetadata.ts"
import * as Entries from "./RestoreEntries.ts"
import type { EntryRecord, RestoreSettings } from "./RestoreMessages.ts"
import { look } from "./RestoreTarget.ts"

export interface Settled {
  readonly problems: ReadonlyArray<Problem>
  /** What was done: `keep` or `skip` where it was there already. */
  readonly means: Entries.EntryMeans
}

type Options = RestoreSettings & MetadataOptions & { readonly inheritsAttributes: boolean }

const settleFile = (record: EntryRecord, options: Options): Settled => {
  if (record.means === Entries.keep)
    return { problems: applyMetadata(record.path, record, options), means: Entries.keep }
  const file = RestoredFile.openForWriting(record, true)
  try {
    return { problems: RestoredFile.finish(file, record, options), means: record.means }
  } catch (error) {
    RestoredFile.discard(record)
    throw error
  }
}

/** Takes the place of what is at the path. */
const moveIntoPlace = (record: EntryRecord, options: Options): void => {
  try {
    RestoredFile.makeRoom(record.path, options.deletes)
    fs.renameSync(record.temporary, record.path)
  } catch (error) {
    fs.rmSync(record.temporary, { force: true })
    throw error
  }
}

const settleLink = (record: EntryRecord, options: Options): Settled => {
  if (record.means === Entries.create) {
    fs.linkSync(record.firstName, record.path)
    return { problems: [], means: Entries.create }
  }
  const [found, first] = [look(record.path), look(record.firstName)]
  if (found !== undefined && found.ino === first?.ino && found.dev === first.dev)
    return { problems: [], means: Entries.keep }
  fs.rmSync(record.temporary, { force: true })
  fs.linkSync(record.firstName, record.temporary)
  moveIntoPlace(record, options)
  return { problems: [], means: Entries.replace }
}

/** Whether what is there is the same link, pipe or device. */
export const isSameSpecial = (record: EntryRecord, found: fs.BigIntStats): boolean => {
  switch (record.kind) {
    case Entries.symbolicLink:
      return found.isSymbolicLink() && fs.readlinkSync(record.path, { encoding: "buffer" }).equals(record.extra!.target)
    case Entries.pipe:
      return found.isFIFO()
    case Entries.blockDevice:
      return found.isBlockDevice() && BigInt.asUintN(64, found.rdev) === record.extra!.device
    default:
      return found.isCharacterDevice() && BigInt.asUintN(64, found.rdev) === record.extra!.device
  }
}

const settleSpecial = (record: EntryRecord, options: Options): Settled => {
  if (record.means === Entries.create) {
    SpecialFile.make(record.path, nodeOf(record))
    return { problems: applyMetadata(record.path, record, options), means: Entries.create }
  }
  const found = look(record.path)
  if (found !== undefined && isSameSpecial(record, found)) {
    return { problems: applyMetadata(record.path, record, options), means: Entries.keep }
  }
  fs.rmSync(record.temporary, { force: true })
  SpecialFile.make(record.temporary, nodeOf(record))
  const problems = applyMetadata(record.temporary, record, options)
  moveIntoPlace(record, options)
  return { problems, means: Entries.replace }
}

/** Throws what the system throws. */
export const settle = (record: EntryRecord, options: Options): Settled => {
  switch (record.kind) {
    case Entries.directory:
      return { problems: applyMetadata(record.path, record, options), means: record.means }
    case Entries.file:
      return settleFile(record, options)
    case Entries.hardLink:
      return settleLink(record, options)
    default:
      return settleSpecial(record, options)
  }
}
