/** The head of a request whose body is there as a whole, or absent. */
import { type HttpRequest, unsendable } from "./HttpMessage.ts"

/** What would end the line of a request, or is more than a byte. */
const unsendablePath = /[^!-\xff]/
const unsendableValue = /[^\t -~\x80-\xff]/
const unsendableName = /[^\w!#$%&'*+\-.^`|~]/

const lengthName = "content-length"

/** In bytes. */
const sizeOf = (body: HttpRequest["body"]): number =>
  typeof body === "string" ? Buffer.byteLength(body) : body instanceof Uint8Array ? body.length : 0

const refuse = (message: string): never => {
  throw Object.assign(new Error(message), { code: unsendable })
}

/** As it is sent, in `latin1`, with the empty line at its end. Throws where it holds what can not be sent. */
export const of = ({ body, headers, method, origin, path }: HttpRequest): string => {
  if (unsendablePath.test(path)) refuse("its path holds a space, a line break, or what is no byte")
  let head = `${method} ${path} HTTP/1.1\r\nhost: ${origin.slice(origin.indexOf("//") + 2)}\r\n`
  let hasLength = false
  for (let index = 0; index < headers.length; index += 2) {
    const [name = "", value = ""] = [headers[index], headers[index + 1]]
    if (unsendableName.test(name)) refuse(`${JSON.stringify(name)} is no name of a header`)
    if (unsendableValue.test(value)) refuse(`its header ${name} holds a line break, or what is no byte`)
    if (name.length === lengthName.length && name.toLowerCase() === lengthName) hasLength = true
    head += `${name}: ${value}\r\n`
  }
  if (method !== "GET" && !hasLength) head += `${lengthName}: ${sizeOf(body)}\r\n`
  return `${head}\r\n`
}
