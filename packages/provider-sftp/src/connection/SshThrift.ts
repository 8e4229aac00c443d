/**
 * What the library spends without need, taken out where it lets one: three writes to the socket for each packet, and keys of
 * which Node finds out anew for each packet what they are, which takes longer than to encrypt it.
 */
import { createSecretKey, type KeyObject } from "node:crypto"
import type { Socket } from "node:net"
import type { Client } from "ssh2"

type Key = Buffer | KeyObject

/** Parts of it that are none of its interface: where they are called otherwise by now, nothing is changed. */
interface Insides {
  readonly _sock?: Socket
  readonly _protocol?: {
    readonly _cipher?: { _encKey?: Key }
    readonly _decipher?: { _decipherKey?: Key }
  }
}

const keyOf = (key: Key): Key => (Buffer.isBuffer(key) ? createSecretKey(key) : key)

/** Ciphers are made anew whenever keys are exchanged. */
const keepKeys = ({ _protocol }: Insides): void => {
  const { _cipher, _decipher } = _protocol ?? {}
  if (_cipher?._encKey !== undefined) _cipher._encKey = keyOf(_cipher._encKey)
  if (_decipher?._decipherKey !== undefined) _decipher._decipherKey = keyOf(_decipher._decipherKey)
}

/** What is written in one turn of the event loop leaves at once. */
const joinWrites = ({ _sock: socket }: Insides): void => {
  if (socket?.cork === undefined) return
  const write = socket.write.bind(socket) as (...args: ReadonlyArray<unknown>) => boolean
  let isHeld = false
  const letGo = (): void => {
    isHeld = false
    socket.uncork()
  }
  socket.write = (...args: ReadonlyArray<unknown>): boolean => {
    if (!isHeld) {
      isHeld = true
      socket.cork()
      setImmediate(letGo)
    }
    return write(...args)
  }
}

/** Of a client that connects. */
export const apply = (client: Client): void => {
  const insides = client as unknown as Insides
  client.on("handshake", () => keepKeys(insides))
  client.once("ready", () => joinWrites(insides))
}
