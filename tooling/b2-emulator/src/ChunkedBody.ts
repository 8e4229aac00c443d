/** Takes the chunked transfer encoding off a request body. */
import { badRequest } from "./Errors.ts"

const mostLineBytes = 4096

export class ChunkedBody {
  #line = ""
  #left = 0
  #state: "size" | "data" | "data end" | "trailer" = "size"

  /** Hands data on, and returns what follows the body once it is over, undefined before. Fails with 400. */
  take(bytes: Buffer, deliver: (data: Buffer) => void): Buffer | undefined {
    let position = 0
    while (position < bytes.length) {
      if (this.#state === "data") {
        const end = Math.min(position + this.#left, bytes.length)
        deliver(bytes.subarray(position, end))
        this.#left -= end - position
        position = end
        if (this.#left === 0) this.#state = "data end"
        continue
      }
      const newline = bytes.indexOf(10, position)
      this.#line += bytes.toString("latin1", position, newline < 0 ? bytes.length : newline)
      if (this.#line.length > mostLineBytes) throw badRequest("Bad chunked body")
      if (newline < 0) return undefined
      position = newline + 1
      const line = this.#line.trim()
      this.#line = ""
      if (this.#state === "data end") this.#state = "size"
      else if (this.#state === "trailer") {
        if (line === "") return bytes.subarray(position)
      } else {
        const size = /^([0-9a-f]{1,8})(?:;.*)?$/i.exec(line)
        if (size === null) throw badRequest("Bad chunked body")
        this.#left = Number.parseInt(size[1]!, 16)
        this.#state = this.#left === 0 ? "trailer" : "data"
      }
    }
    return undefined
  }
}
