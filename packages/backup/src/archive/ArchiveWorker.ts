/** The thread that reads, hashes, compresses and seals for the archiver. `ArchiveThreads.ts` starts it. */

import * as ExcludeDecisions from "../choose/ExcludeDecisions.ts"
import { makeBox, release } from "../format/Crypto.ts"
import { makePackWriter, type OpenPack, type PackWriter } from "../format/PackWriter.ts"
import { serve } from "../threads/ServingThread.ts"
import { type Line, type Reply, reply } from "../threads/ThreadLine.ts"
import type {
  ArchiveResult,
  ArchiveSettings,
  InputResult,
  MainAnswer,
  MainRequest,
  WorkerRequest
} from "./ArchiveMessages.ts"
import * as BlobIntake from "./BlobIntake.ts"
import { makeChunker } from "./Chunker.ts"
import * as ChunkStore from "./ChunkStore.ts"
import * as DirectoryArchive from "./DirectoryArchive.ts"
import * as FileContent from "./FileContent.ts"
import * as InputPieces from "./InputPieces.ts"
import * as SourceScan from "./SourceScan.ts"

/** Nodes, parent trees and parts of them are given away, not copied. */
const moved = (result: ArchiveResult): Reply<ArchiveResult> => {
  const bytes = result.directories.flatMap((one) => {
    if (one._tag === "Nodes") return [one.nodes]
    if (one._tag === "NotBegun") return one.parentTree ?? []
    return one._tag === "Sliced" ? one.slices.flatMap(({ parentTree }) => parentTree ?? []) : []
  })
  return reply(
    result,
    bytes.map(({ buffer }) => buffer)
  )
}

const longestSilence = 4 * 1024 * 1024

const start = (settings: ArchiveSettings, main: Line<MainRequest, MainAnswer>) => {
  let unreported = 0
  const advance = (bytes: number): void => {
    unreported += bytes
    if (unreported < longestSilence) return
    void main.call({ _tag: "Advanced", bytes: unreported }).catch(() => undefined)
    unreported = 0
  }
  const tell = (path: Buffer): void => {
    void main.call({ _tag: "Reading", path: path.toString() }).catch(() => undefined)
  }
  const intake: BlobIntake.BlobIntake = BlobIntake.make({
    main,
    writer: () => writer,
    packsAhead: settings.packsAhead
  })
  const writer: PackWriter = makePackWriter({
    box: makeBox(settings.keys),
    compression: settings.compression,
    version: settings.version,
    targetSize: settings.packSize,
    openDataPacks: settings.openPacks,
    opensAgain: settings.opensAgain,
    onPack: (pack) => intake.onPack(pack)
  })
  const chunks = ChunkStore.make({ main, intake, chunker: makeChunker(settings.polynomial) })
  const context = { settings, excludes: ExcludeDecisions.make(settings.excludes) }
  const content = FileContent.make({ intake, chunks, onLong: tell, onBytes: advance })
  const archive = DirectoryArchive.make({ main, intake, content, context })
  let input: InputPieces.InputPieces | undefined

  const takePiece = async (bytes: Uint8Array<ArrayBuffer>): Promise<InputResult | undefined> => {
    input ??= InputPieces.make(chunks, advance)
    return input.give(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  }

  const finish = async () => {
    await intake.settle()
    await chunks.settle()
    await intake.drain()
    return writer.takeOpen()
  }

  const finishPacks = async (packs: ReadonlyArray<OpenPack>): Promise<undefined> => {
    for (const pack of packs) writer.adopt(pack)
    writer.finish()
    await intake.drain()
  }

  return (request: WorkerRequest): unknown => {
    switch (request._tag) {
      case "Archive":
        return archive(request.jobs).then(moved)
      case "Scan":
        return SourceScan.scan(request.jobs, context)
      case "Input":
        return takePiece(request.bytes)
      case "Finish":
        return finish()
      case "FinishPacks":
        return finishPacks(request.packs)
      case "Store":
        intake.store(request.type, request.id, request.bytes)
        release(request.bytes)
        // The thread that asked goes on when there is room here for more.
        return intake.room()
    }
  }
}

serve(start)
