/** The files of a folder, and their bytes one after the other in pieces of one size. */
import * as fs from "node:fs"
import * as path from "node:path"

export interface FoundFile {
  /** Below the folder. */
  readonly path: string
  readonly size: number
}

/** Every entry's attributes are asked for; links are not followed. */
export const walk = (folder: string): ReadonlyArray<FoundFile> => {
  const found: Array<FoundFile> = []
  const folders = [""]
  for (let at = folders.pop(); at !== undefined; at = folders.pop()) {
    for (const name of fs.readdirSync(path.join(folder, at))) {
      const below = path.join(at, name)
      const stat = fs.lstatSync(path.join(folder, below))
      if (stat.isDirectory()) folders.push(below)
      else if (stat.isFile()) found.push({ path: below, size: stat.size })
    }
  }
  return found
}

export const pieceSize: number = 1024 * 1024

/** Reads a file piece by piece into `room`; gives what was read. */
export const readPieces = (file: string, room: Buffer, take: (piece: Buffer) => void): void => {
  const opened = fs.openSync(file, "r")
  try {
    for (let got = fs.readSync(opened, room); got > 0; got = fs.readSync(opened, room)) take(room.subarray(0, got))
  } finally {
    fs.closeSync(opened)
  }
}

/** Opens a new file below `target`, with the folders that it needs. */
export const makeFile = (target: string, made: Set<string>, file: string): number => {
  const folder = path.join(target, path.dirname(file))
  if (!made.has(folder)) {
    fs.mkdirSync(folder, { recursive: true })
    made.add(folder)
  }
  return fs.openSync(path.join(target, file), "w")
}
