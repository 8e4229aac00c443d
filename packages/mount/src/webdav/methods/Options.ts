/** OPTIONS: what can be done here. Windows asks it at every path above a mount, the root included. */
import type { Method } from "../DavRequest.ts"

export const allowed = "OPTIONS, GET, HEAD, PUT, PATCH, DELETE, PROPFIND, PROPPATCH, MKCOL, COPY, MOVE, LOCK, UNLOCK"

export const options: Method = async () =>
  new Response(null, {
    status: 200,
    headers: {
      DAV: "1, 2, 3, sabredav-partialupdate",
      "MS-Author-Via": "DAV",
      Allow: allowed,
      "Accept-Ranges": "bytes",
      "Content-Length": "0"
    }
  })
