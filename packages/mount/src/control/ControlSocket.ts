/** Talking to a mount that another process serves. The socket lies in a folder of this user alone. */
import * as net from "node:net"
import * as Option from "effect/Option"
import { type Answer, decodeAnswer, decodeWish, encodeAnswer, encodeWish, type Wish } from "./Wishes.ts"

/** In bytes, of a wish: it is short. */
const longestWish = 4_096
const longestAnswer = 4 * 1024 * 1024

const readLine = (socket: net.Socket, most: number): Promise<string | undefined> =>
  new Promise((resolve) => {
    let text = ""
    const end = () => resolve(undefined)
    socket.setEncoding("utf8")
    socket.on("data", (some: string) => {
      text += some
      const line = text.indexOf("\n")
      if (line >= 0) resolve(text.slice(0, line))
      else if (text.length > most) socket.destroy()
    })
    socket.on("error", end)
    socket.on("close", end)
  })

/** Milliseconds after the end of a mount for what was asked of it: what was sent by then is what the answer says. */
const lastAnswerMillis = 60_000

/** Answers wishes until what is returned is called, and those that came before, which it waits for. */
export const listen = async (file: string, answer: (wish: Wish) => Promise<Answer>): Promise<() => Promise<void>> => {
  const sockets = new Set<net.Socket>()
  const answering = new Set<Promise<Answer>>()
  const server = net.createServer((socket) => {
    sockets.add(socket)
    socket.on("close", () => sockets.delete(socket))
    void (async () => {
      const line = await readLine(socket, longestWish)
      if (line === undefined) return
      const wish = Option.getOrUndefined(decodeWish(line))
      const answered: Promise<Answer> =
        wish === undefined
          ? Promise.resolve({ _tag: "Refused", message: "that is no wish of this version" })
          : answer(wish)
      answering.add(answered)
      const said = await answered
      answering.delete(answered)
      if (!socket.destroyed) socket.end(`${encodeAnswer(said)}\n`)
    })()
  })
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject)
    server.listen(file, resolve)
  })
  return async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    let giveUp: NodeJS.Timeout | undefined
    const patience = new Promise<void>((resolve) => {
      giveUp = setTimeout(resolve, lastAnswerMillis)
    })
    await Promise.race([Promise.allSettled(answering), patience])
    clearTimeout(giveUp)
    const left = [...sockets].map((socket) => new Promise<void>((resolve) => socket.once("close", () => resolve())))
    // Who was answered is to read it; who was not is told by the end.
    const late = setTimeout(() => {
      for (const socket of sockets) socket.destroy()
    }, 1_000)
    await Promise.all([closed, ...left])
    clearTimeout(late)
  }
}

/** Undefined where nobody answers; of how it stands, not within `patience` in milliseconds. What is sent takes its time. */
export const ask = async (file: string, wish: Wish, patience = 10_000): Promise<Answer | undefined> => {
  const socket = net.createConnection(file)
  const line = readLine(socket, longestAnswer)
  if (wish._tag === "Status") socket.setTimeout(patience, () => socket.destroy())
  socket.write(`${encodeWish(wish)}\n`)
  const text = await line
  socket.destroy()
  return text === undefined ? undefined : Option.getOrUndefined(decodeAnswer(text))
}
