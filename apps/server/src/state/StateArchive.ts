/**
 * Everything the service keeps, in one file: the journal of tasks, users and settings, the configuration.
 *
 * The file is a line that says what it is, then entries, each a line of JSON with its name and length and the bytes; gzip
 * around them, and with a password AES-256-GCM around that, by a key that argon2id makes of it. Without a password nothing
 * secret goes in: see `Bare.ts`.
 */
import { argon2Sync, createCipheriv, createDecipheriv, randomBytes } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { Readable, Transform } from "node:stream"
import { pipeline } from "node:stream/promises"
import { createGunzip, createGzip } from "node:zlib"
import { type Meanings, StateFailed, stateFailed } from "./StateFailed.ts"

const magic = "ourclone state 1"
const tagLength = 16
const cost = { parallelism: 1, tagLength: 32, memory: 65_536, passes: 3 }

const unreadable = (message: string): StateFailed => new StateFailed({ message, reason: "Failed" })

const attempting = <A>(work: () => A, meanings: Meanings): A => {
  try {
    return work()
  } catch (error) {
    throw stateFailed(error, meanings)
  }
}

const keyOf = (password: string, salt: Buffer): Buffer =>
  argon2Sync("argon2id", { ...cost, message: password.normalize("NFC"), nonce: salt })

export interface Entry {
  readonly name: string
  /** Absolute. */
  readonly file: string
}

async function* packed(entries: ReadonlyArray<Entry>): AsyncGenerator<Buffer> {
  for (const { file, name } of entries) {
    const { size } = fs.statSync(file)
    yield Buffer.from(`${JSON.stringify({ name, size })}\n`)
    for await (const piece of fs.createReadStream(file, { highWaterMark: 1024 * 1024 })) yield piece as Buffer
  }
  yield Buffer.from(`${JSON.stringify({ end: entries.length })}\n`)
}

/** Writes a new file, which only this user may read, to the disk; one that is there already is not replaced. */
export const write = async (to: string, entries: ReadonlyArray<Entry>, password: string | undefined): Promise<void> => {
  const folder = path.dirname(to)
  const descriptor = attempting(() => fs.openSync(to, "wx", 0o600), {
    EEXIST: { message: `"${to}" is there already, and is not replaced; name a file that is to be made` },
    ENOENT: { message: `the folder "${folder}" does not exist; make it, or name another one`, reason: "NotFound" },
    ENOTDIR: { message: `"${folder}" is no folder; name another one` },
    EACCES: { message: `this user may not write into "${folder}"; name another folder` }
  })
  const out = fs.createWriteStream(to, { fd: descriptor, flush: true })
  const salt = randomBytes(16)
  const nonce = randomBytes(12)
  const header = { isEncrypted: password !== undefined, salt: salt.toString("hex"), nonce: nonce.toString("hex") }
  const head = `${magic} ${JSON.stringify(header)}\n`
  out.write(head)
  try {
    if (password === undefined) {
      await pipeline(Readable.from(packed(entries)), createGzip(), out)
      return
    }
    const cipher = createCipheriv("aes-256-gcm", keyOf(password, salt), nonce)
    cipher.setAAD(Buffer.from(head))
    const sealed = new Transform({
      transform: (piece, _, done) => done(null, cipher.update(piece)),
      flush: (done) => done(null, Buffer.concat([cipher.final(), cipher.getAuthTag()]))
    })
    await pipeline(Readable.from(packed(entries)), createGzip(), sealed, out)
  } catch (error) {
    fs.rmSync(to, { force: true })
    throw error
  }
}

interface Header {
  readonly isEncrypted: boolean
  readonly salt: string
  readonly nonce: string
}

const headOf = (from: string): { readonly head: string; readonly header: Header } => {
  const name = "name the file that ourclone state save has made"
  const absent = { message: `there is no file "${from}"; ${name}`, reason: "NotFound" } as const
  const meanings: Meanings = {
    ENOENT: absent,
    ENOTDIR: absent,
    EACCES: { message: `this user may not read "${from}"; run it as the one whose file it is` },
    EISDIR: { message: `"${from}" is a folder; ${name}` }
  }
  const descriptor = attempting(() => fs.openSync(from, "r"), meanings)
  try {
    const buffer = Buffer.alloc(1024)
    const read = attempting(() => fs.readSync(descriptor, buffer), meanings)
    const text = buffer.subarray(0, read).toString("latin1")
    const end = text.indexOf("\n")
    if (!text.startsWith(`${magic} `) || end < 0) throw unreadable(`"${from}" holds no state; ${name}`)
    const head = text.slice(0, end + 1)
    return { head, header: JSON.parse(head.slice(magic.length)) as Header }
  } finally {
    fs.closeSync(descriptor)
  }
}

export const isEncrypted = (from: string): boolean => headOf(from).header.isEncrypted === true

/** Takes `names` out of a stream of entries into a folder; says which came. */
const unpack = async (
  pieces: AsyncIterable<Buffer>,
  folder: string,
  names: ReadonlySet<string>
): Promise<ReadonlyArray<string>> => {
  let rest: Buffer = Buffer.alloc(0)
  let open: { readonly descriptor: number; left: number } | undefined
  const came: Array<string> = []
  let isWhole = false
  for await (const piece of pieces) {
    rest = rest.length === 0 ? piece : Buffer.concat([rest, piece])
    for (;;) {
      if (open !== undefined) {
        const part = rest.subarray(0, open.left)
        fs.writeSync(open.descriptor, part)
        open.left -= part.length
        rest = rest.subarray(part.length)
        if (open.left > 0) break
        fs.closeSync(open.descriptor)
        open = undefined
      }
      const end = rest.indexOf(10)
      if (end < 0) break
      const line = JSON.parse(rest.subarray(0, end).toString()) as { readonly name?: string; readonly size?: number }
      rest = rest.subarray(end + 1)
      if (line.name === undefined) {
        isWhole = true
        break
      }
      // A name is one of ours or none: nothing is written beside.
      if (!names.has(line.name)) throw unreadable(`it holds "${line.name}", which this version does not know`)
      came.push(line.name)
      open = { descriptor: fs.openSync(path.join(folder, line.name), "wx", 0o600), left: line.size ?? 0 }
    }
  }
  if (!isWhole) throw unreadable("the file was cut off; take another copy of it")
  return came
}

/** Unpacks into a folder; nothing of it is to be used before this has ended well. Gives the names of what came. */
export const read = async (
  from: string,
  folder: string,
  names: ReadonlySet<string>,
  password: string | undefined
): Promise<ReadonlyArray<string>> => {
  const { head, header } = headOf(from)
  const { size } = fs.statSync(from)
  const isSealed = header.isEncrypted === true
  const end = isSealed ? size - tagLength : size
  const source = fs.createReadStream(from, { start: head.length, end: end - 1 })
  try {
    let came: ReadonlyArray<string> = []
    const take = async (opened: AsyncIterable<Buffer>): Promise<void> => {
      came = await unpack(opened, folder, names)
    }
    if (!isSealed) {
      await pipeline(source, createGunzip(), take)
      return came
    }
    const key = keyOf(password ?? "", Buffer.from(String(header.salt), "hex"))
    const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(String(header.nonce), "hex"))
    decipher.setAAD(Buffer.from(head))
    const tag = Buffer.alloc(tagLength)
    const descriptor = fs.openSync(from, "r")
    fs.readSync(descriptor, tag, 0, tagLength, end)
    fs.closeSync(descriptor)
    decipher.setAuthTag(tag)
    // All of it is held against its tag before a byte is looked at: it is read twice.
    await pipeline(fs.createReadStream(from, { start: head.length, end: end - 1 }), decipher, async (opened) => {
      for await (const _ of opened);
    })
    const again = createDecipheriv("aes-256-gcm", key, Buffer.from(String(header.nonce), "hex"))
    again.setAAD(Buffer.from(head))
    again.setAuthTag(tag)
    await pipeline(source, again, createGunzip(), take)
    return came
  } catch (error) {
    if (error instanceof StateFailed) throw error
    if (!isSealed) throw unreadable(`"${from}" is damaged; take another copy of it`)
    const message = `the password of "${from}" is another, or the file was changed; try again with the one it was saved with`
    throw new StateFailed({ message, reason: "WrongPassword" })
  }
}
