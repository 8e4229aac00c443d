/** Sorted runs of entries in a temporary directory, one JSON line each, and the reading of many of them in order. */
import type { FileHandle } from "node:fs/promises"
import * as fs from "node:fs/promises"
import * as os from "node:os"
import * as path from "node:path"
import { type Entry, orderKey } from "../contract/Entry.ts"
import { compare } from "../contract/RemotePath.ts"

const blockSize = 64 * 1024
const newline = 10

export interface Spill {
  /** Writes a run, which is already in order. */
  readonly write: (run: ReadonlyArray<Entry>) => Promise<void>
  /** The next entries of all runs, in order; none at the end. Equal keys are all kept. */
  readonly next: () => Promise<Array<Entry>>
  /** Deletes the runs. */
  readonly close: () => Promise<void>
}

/** One run while it is merged. */
class Run {
  entries: ReadonlyArray<Entry> = []
  index = 0
  key = ""
  private readonly file: FileHandle
  /** What was read and is not parsed yet is at its beginning. */
  private block = Buffer.allocUnsafe(blockSize)
  private filled = 0
  private position = 0

  constructor(file: FileHandle) {
    this.file = file
  }

  get head(): Entry | undefined {
    return this.entries[this.index]
  }

  /** Goes to the next entry of this block; `false` when the block is used up. */
  advance(): boolean {
    this.index++
    const { head } = this
    if (head === undefined) return false
    this.key = orderKey(head)
    return true
  }

  /** Reads the next block; `false` at the end of the run. */
  async fill(): Promise<boolean> {
    for (;;) {
      if (this.filled === this.block.length) this.block = Buffer.concat([this.block], 2 * this.filled)
      const { bytesRead } = await this.file.read(
        this.block,
        this.filled,
        this.block.length - this.filled,
        this.position
      )
      if (bytesRead === 0) return false
      this.position += bytesRead
      this.filled += bytesRead
      const end = this.block.lastIndexOf(newline, this.filled - 1)
      if (end < 0) continue
      this.entries = JSON.parse(
        `[${this.block.toString("utf8", 0, end).replaceAll("\n", ",")}]`
      ) as ReadonlyArray<Entry>
      this.block.copyWithin(0, end + 1, this.filled)
      this.filled -= end + 1
      this.index = -1
      return this.advance()
    }
  }
}

/** Restores the heap, whose least run comes first, below `index`. */
const sink = (heap: Array<Run>, start: number): void => {
  let index = start
  for (;;) {
    let least = index
    for (let child = 2 * index + 1; child <= 2 * index + 2 && child < heap.length; child++) {
      if (compare(heap[child]!.key, heap[least]!.key) < 0) least = child
    }
    if (least === index) return
    const run = heap[index]!
    heap[index] = heap[least]!
    heap[least] = run
    index = least
  }
}

const pageSize = 1000

export const make = async (temporaryDirectory: string = os.tmpdir()): Promise<Spill> => {
  const directory = await fs.mkdtemp(path.join(temporaryDirectory, "ourclone-sort-"))
  const files: Array<FileHandle> = []
  const heap: Array<Run> = []
  let isMerging = false

  const open = async () => {
    isMerging = true
    for (let number = 0; number < files.length; number++) {
      const run = new Run(files[number]!)
      if (await run.fill()) heap.push(run)
    }
    for (let index = heap.length >> 1; index >= 0; index--) sink(heap, index)
  }

  return {
    write: async (run) => {
      const name = path.join(directory, `${files.length}.jsonl`)
      const file = await fs.open(name, "wx+")
      files.push(file)
      for (let start = 0; start < run.length; start += pageSize) {
        const page = run.slice(start, start + pageSize)
        await file.appendFile(page.map((entry) => `${JSON.stringify(entry)}\n`).join(""))
      }
    },
    next: async () => {
      if (!isMerging) await open()
      const entries: Array<Entry> = []
      while (entries.length < pageSize && heap.length > 0) {
        const run = heap[0]!
        entries.push(run.head!)
        if (!run.advance() && !(await run.fill())) {
          const last = heap.pop()!
          if (heap.length > 0) heap[0] = last
        }
        if (heap.length > 0) sink(heap, 0)
      }
      return entries
    },
    close: async () => {
      await Promise.allSettled(files.map((file) => file.close()))
      await fs.rm(directory, { recursive: true, force: true })
    }
  }
}
