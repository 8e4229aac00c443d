/** The thread that opens blobs and writes files. */
import * as fs from "node:fs"
import { makeBox } from "../format/Crypto.ts"
import { makeOpenBlob } from "../format/openBlob.ts"
import { codeOf, textOf } from "../system/SystemFailure.ts"
import { serve } from "../threads/ServingThread.ts"
import type { Line } from "../threads/ThreadLine.ts"
import * as AttributeChoice from "./AttributeChoice.ts"
import * as ExistingFile from "./ExistingFile.ts"
import * as RestoredFile from "./RestoredFile.ts"
import * as RestoredSpecial from "./RestoredSpecial.ts"
import * as Entries from "./RestoreEntries.ts"
import type {
  BlobRequest,
  EntryFailure,
  EntryRecord,
  RestoreReply,
  RestoreRequest,
  RestoreSettings
} from "./RestoreMessages.ts"
import { readRecord } from "./RestoreMessages.ts"
import { RestoreTableReader } from "./RestoreTable.ts"

/** Files that are kept open at a time: of those that need several blobs. */
const mostOpen = 100

interface OpenFile {
  readonly record: EntryRecord
  file: number
  isBegun: boolean
  hasFailed: boolean
  left: number
}

const noBytes = new Uint8Array()
const replyOf = (failures: ReadonlyArray<EntryFailure>, bytes: number): RestoreReply => ({
  failures,
  bytes,
  means: noBytes,
  present: noBytes
})

serve<BlobRequest, Uint8Array, RestoreRequest>((settings: RestoreSettings, main: Line<BlobRequest, Uint8Array>) => {
  const openBlob = makeOpenBlob(makeBox(settings.keys))
  const takesAttribute = AttributeChoice.make(settings.attributes)

  const optionsOf = ({ inheritsAttributes }: { readonly inheritsAttributes: boolean }) => ({
    ...settings,
    takesAttribute,
    inheritsAttributes
  })

  const failureOf = (record: EntryRecord, error: unknown): EntryFailure => ({
    ...(error instanceof ExistingFile.DirectoryInTheWay ? { remedy: error.remedy } : {}),
    entry: record.entry,
    message: textOf(error),
    code: codeOf(error),
    isMinor: false
  })

  const write = async (request: RestoreRequest & { _tag: "Write" }): Promise<RestoreReply> => {
    const table = new RestoreTableReader(request.table)
    const options = optionsOf(request)
    const failures: Array<EntryFailure> = []
    const files = Array.from({ length: table.number() }, (): OpenFile => {
      const record = readRecord(table)
      return { record, file: -1, isBegun: false, hasFailed: false, left: record.writes }
    })
    const open = new Set<OpenFile>()
    let bytes = 0

    const close = (one: OpenFile): void => {
      open.delete(one)
      if (one.file < 0) return
      fs.closeSync(one.file)
      one.file = -1
    }

    const fail = (one: OpenFile, error: unknown): void => {
      if (one.hasFailed) return
      one.hasFailed = true
      failures.push(failureOf(one.record, error))
      close(one)
      if (one.isBegun && one.record.isWhole) RestoredFile.discard(one.record)
    }

    const put = (one: OpenFile, plain: Uint8Array, position: number): void => {
      if (one.file < 0) {
        if (open.size >= mostOpen) for (const oldest of [...open].slice(0, 1)) close(oldest)
        one.file = RestoredFile.openForWriting(one.record, !one.isBegun)
        one.isBegun = true
      }
      if (settings.sparse && one.record.isEmpty) RestoredFile.writeSparsely(one.file, plain, position)
      else RestoredFile.writeAll(one.file, plain, position)
      bytes += plain.length
      one.left -= 1
      if (one.left > 0) {
        open.add(one)
        return
      }
      open.delete(one)
      if (!one.record.isWhole) {
        close(one)
        return
      }
      const { file } = one
      one.file = -1
      for (const problem of RestoredFile.finish(file, one.record, options)) {
        failures.push({ entry: one.record.entry, ...problem, isMinor: true })
      }
    }

    for (let left = table.number(); left > 0; left--) {
      const offset = table.number()
      const length = table.number()
      const uncompressedLength = table.number()
      const id = table.fixed(32)
      const stored = request.bytes.subarray(offset, offset + length)
      const opened = openBlob(stored, id.toString("hex"), uncompressedLength)
      let plain: Uint8Array | undefined = typeof opened === "string" ? undefined : opened
      let problem: unknown
      if (plain === undefined) {
        try {
          plain = await main.call({ id: id.toString("hex") })
        } catch (error) {
          problem = error
        }
      }
      for (let writes = table.number(); writes > 0; writes--) {
        const one = files[table.number()]!
        const position = table.large()
        if (one.hasFailed) continue
        if (plain === undefined) {
          fail(one, problem)
          continue
        }
        try {
          put(one, plain, position)
        } catch (error) {
          fail(one, error)
        }
      }
    }
    for (const one of open) close(one)
    return replyOf(failures, bytes)
  }

  const examine = (request: RestoreRequest & { _tag: "Examine" }): RestoreReply => {
    const table = new RestoreTableReader(request.table)
    const failures: Array<EntryFailure> = []
    const means: Array<number> = []
    const present: Array<Uint8Array> = []
    let bytes = 0
    while (!table.isAtEnd) {
      const record = readRecord(table)
      const pieces = ExistingFile.readPieces(table)
      try {
        const compared = ExistingFile.examine(record, pieces, settings)
        means.push(compared.means)
        present.push(compared.present)
        bytes += compared.bytesRead
      } catch (error) {
        failures.push(failureOf(record, error))
        means.push(Entries.skip)
        present.push(new Uint8Array(pieces.length))
      }
    }
    return { failures, bytes, means: Uint8Array.from(means), present: Buffer.concat(present) }
  }

  const settle = (request: RestoreRequest & { _tag: "Settle" }): RestoreReply => {
    const table = new RestoreTableReader(request.table)
    const options = optionsOf(request)
    const failures: Array<EntryFailure> = []
    const means: Array<number> = []
    while (!table.isAtEnd) {
      const record = readRecord(table)
      try {
        const settled = RestoredSpecial.settle(record, options)
        means.push(settled.means)
        for (const problem of settled.problems) failures.push({ entry: record.entry, ...problem, isMinor: true })
      } catch (error) {
        means.push(record.means)
        failures.push(failureOf(record, error))
      }
    }
    return { failures, bytes: 0, means: Uint8Array.from(means), present: noBytes }
  }

  const verify = (request: RestoreRequest & { _tag: "Verify" }): RestoreReply => {
    const table = new RestoreTableReader(request.table)
    const failures: Array<EntryFailure> = []
    let bytes = 0
    while (!table.isAtEnd) {
      const record = readRecord(table)
      const pieces = ExistingFile.readPieces(table)
      try {
        const wrong = ExistingFile.verify(record, pieces)
        if (wrong >= 0)
          throw new Error(
            wrong === pieces.length
              ? "the restored file has another size"
              : `piece ${wrong + 1} of the restored file is not what the snapshot has`
          )
        bytes += record.size
      } catch (error) {
        failures.push(failureOf(record, error))
      }
    }
    return replyOf(failures, bytes)
  }

  return (request) => {
    switch (request._tag) {
      case "Write":
        return write(request)
      case "Examine":
        return examine(request)
      case "Settle":
        return settle(request)
      case "Verify":
        return verify(request)
    }
  }
})
