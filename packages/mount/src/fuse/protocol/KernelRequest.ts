/** One request of the kernel: its header, and the body of its operation. */
import { Fields, Malformed, NotText } from "./Fields.ts"
import { type Body, type OperationName, operations } from "./Operations.ts"

export const headerSize = 40

export interface Header {
  /** Of this request; the reply repeats it. */
  readonly unique: number
  readonly node: number
  readonly uid: number
  readonly gid: number
  readonly pid: number
}

export type Request = {
  readonly [Name in OperationName]: Header & { readonly name: Name; readonly body: Body<Name> }
}[OperationName]

/** What can be told of a request that can not be served. */
export interface Unreadable extends Header {
  readonly name: undefined
  readonly code: number
  readonly because: "UnknownOperation" | "Malformed" | "NotText"
}

const names = new Map(Object.entries(operations).map(([name, { code }]) => [code, name as OperationName]))

/**
 * Reads the request in the first `length` bytes. Parts of a body may point into `bytes`: what is needed after the next
 * request was read there is copied by who needs it. Fails only where there is no whole header, with `Malformed`.
 */
export const decode = (bytes: Buffer, length: number): Request | Unreadable => {
  if (length < headerSize || length > bytes.length) throw new Malformed(`${length} bytes are no request`)
  const head = new Fields(bytes, 0, headerSize)
  const code = head.u32(4)
  const header: Header = {
    unique: head.u64(8),
    node: head.u64(16),
    uid: head.u32(24),
    gid: head.u32(28),
    pid: head.u32(32)
  }
  const name = names.get(code)
  const unreadable = (because: Unreadable["because"]): Unreadable => ({ ...header, name: undefined, code, because })
  if (name === undefined) return unreadable("UnknownOperation")
  if (head.u32(0) !== length) return unreadable("Malformed")
  try {
    // Name and body come from one row of the table; the checker can not follow that.
    return { ...header, name, body: operations[name].read(new Fields(bytes, headerSize, length)) } as Request
  } catch (error) {
    if (error instanceof NotText) return unreadable("NotText")
    if (error instanceof Malformed) return unreadable("Malformed")
    throw error
  }
}
