/**
 * The few calls of Linux for a mount that Node has no function for: used while a mount is made or taken away, never for
 * a request. The library is loaded at the first use; that must not be in a thread that may be terminated.
 */
import { createRequire } from "node:module"
import { constants } from "node:os"
import { getSystemErrorMessage } from "node:util"

/** A call that the system refused. `code` is its name, as `EBUSY`. */
export class CallFailed extends Error {
  readonly code: string
  readonly call: string
  constructor(call: string, number: number) {
    const code = Object.entries(constants.errno).find(([, each]) => each === number)?.[0] ?? `E${number}`
    super(`${call}: ${code}, ${getSystemErrorMessage(-number)}`)
    this.code = code
    this.call = call
  }
}

type Call = (...values: ReadonlyArray<unknown>) => number

interface Calls {
  readonly mount: Call
  readonly umount2: Call
  readonly socketpair: Call
  readonly recvmsg: Call
  readonly address: (bytes: Uint8Array) => bigint
  readonly errno: () => number
}

let loaded: Calls | undefined

const calls = (): Calls => {
  if (loaded !== undefined) return loaded
  const koffi = createRequire(import.meta.url)("koffi") as typeof import("koffi")
  // The process itself is linked with the C library, whichever that is.
  const library = koffi.load(null)
  loaded = {
    mount: library.func("int mount(const char *, const char *, const char *, unsigned long, const char *)") as Call,
    umount2: library.func("int umount2(const char *, int)") as Call,
    socketpair: library.func("int socketpair(int, int, int, _Out_ int *)") as Call,
    recvmsg: library.func("long recvmsg(int, void *, int)") as Call,
    address: (bytes) => BigInt(koffi.address(bytes)),
    errno: () => koffi.errno()
  }
  return loaded
}

const noSetUserId = 2
const noDevices = 4
const readOnly = 1

export const mount = (
  source: string,
  point: string,
  type: string,
  options: { readonly isReadOnly: boolean; readonly data: string }
): void => {
  const { mount: call, errno } = calls()
  const flags = noSetUserId | noDevices | (options.isReadOnly ? readOnly : 0)
  if (call(source, point, type, flags, options.data) !== 0) throw new CallFailed("mount", errno())
}

/** `detach` takes the name away at once and lets who has it open go on. */
export const unmount = (point: string, detach: boolean): void => {
  const { umount2, errno } = calls()
  if (umount2(point, detach ? 2 : 0) !== 0) throw new CallFailed("umount2", errno())
}

/** Two sockets that are connected with each other. The caller closes both. */
export const socketPair = (): readonly [ours: number, theirs: number] => {
  const { socketpair, errno } = calls()
  const pair = new Int32Array(2)
  const [unix, stream] = [1, 1]
  if (socketpair(unix, stream, 0, pair) !== 0) throw new CallFailed("socketpair", errno())
  return [pair[0]!, pair[1]!]
}

/** A file descriptor that was sent through a socket; `undefined` where the other side closed without sending one. */
export const receiveDescriptor = (socket: number): number | undefined => {
  const { recvmsg, address, errno } = calls()
  const data = Buffer.alloc(8)
  const control = Buffer.alloc(64)
  const vector = Buffer.alloc(16)
  vector.writeBigUInt64LE(address(data), 0)
  vector.writeBigUInt64LE(BigInt(data.length), 8)
  // struct msghdr of 64-bit Linux: name and its length, vectors and their number, control data and its length, flags.
  const message = Buffer.alloc(56)
  message.writeBigUInt64LE(address(vector), 16)
  message.writeBigUInt64LE(1n, 24)
  message.writeBigUInt64LE(address(control), 32)
  message.writeBigUInt64LE(BigInt(control.length), 40)
  const closeOnExec = 0x4000_0000
  const received = recvmsg(socket, message, closeOnExec)
  if (received < 0) throw new CallFailed("recvmsg", errno())
  const [size, level, kind] = [control.readUInt32LE(0), control.readInt32LE(8), control.readInt32LE(12)]
  return received === 0 || size < 20 || level !== 1 || kind !== 1 ? undefined : control.readInt32LE(16)
}
