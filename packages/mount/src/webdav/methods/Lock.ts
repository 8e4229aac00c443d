/** LOCK and UNLOCK. */

import * as ByPath from "../ByPath.ts"
import { bodyXml, type Context, type DavRequest, depthOf, type Method, mustBeFree } from "../DavRequest.ts"
import * as Href from "../Href.ts"
import { activeLock } from "../LiveProperties.ts"
import { type Lock, longestSeconds } from "../Locks.ts"
import { Problem } from "../Problem.ts"
import * as Upload from "../Upload.ts"
import { child, type Element, is } from "../xml/Element.ts"
import { contentType, prolog, write } from "../xml/XmlText.ts"

const longestBody = 64 * 1024
const longestOwner = 8 * 1024
const usualSeconds = 600

/** The first that can be had; clients ask for for ever too. */
const secondsOf = ({ headers }: DavRequest): number => {
  const asked = headers.get("timeout")?.split(",")[0]?.trim()
  if (asked === undefined) return usualSeconds
  const found = /^second-(\d+)$/i.exec(asked)
  return found === null ? longestSeconds : Math.min(Math.max(Number(found[1]), 1), longestSeconds)
}

const answer = (lock: Lock, { locks }: Context, status: number): Response =>
  new Response(
    `${prolog}<D:prop xmlns:D="DAV:"><D:lockdiscovery>${activeLock(lock, locks)}</D:lockdiscovery></D:prop>\n`,
    { status, headers: { "content-type": contentType, "Lock-Token": `<${lock.token}>` } }
  )

const refresh = (request: DavRequest, context: Context): Response => {
  const { locks } = context
  const lock = locks.covering(request.path.names).find(({ token }) => request.tokens.has(token))
  if (lock === undefined)
    throw new Problem(412, "no lock of that token holds here", "<D:lock-token-matches-request-uri/>")
  locks.refresh(lock.token, secondsOf(request))
  return answer(lock, context, 200)
}

const wantedBy = (body: Element) => {
  const scope = is(body, "lockinfo") ? child(body, "lockscope") : undefined
  const isExclusive = scope !== undefined && child(scope, "exclusive") !== undefined
  const isShared = scope !== undefined && child(scope, "shared") !== undefined
  const type = child(body, "locktype")
  if (isExclusive === isShared || type === undefined || child(type, "write") === undefined)
    throw new Problem(400, "a lock is exclusive or shared, and for writing")
  const owner = child(body, "owner")
  const text = owner === undefined ? "" : write(owner)
  if (text.length > longestOwner) throw new Problem(413, "the owner of a lock is too long")
  return { isExclusive, owner: text }
}

export const lock: Method = async (request, context) => {
  const { fileSystem, locks } = context
  const body = await bodyXml(request, longestBody)
  if (body === undefined) return refresh(request, context)
  const depth = depthOf(request, "infinity")
  if (depth === "1") throw new Problem(400, "a lock is of depth 0 or infinity")
  const wanted = wantedBy(body)
  const { names } = request.path
  const place = names.length === 0 ? undefined : await ByPath.place(fileSystem, names)
  const isNew = place !== undefined && place.node === undefined
  if (isNew) mustBeFree(context, request, names, { isMembership: true })
  const made = locks.add({
    ...wanted,
    names,
    isDeep: depth === "infinity",
    user: request.user,
    seconds: secondsOf(request)
  })
  if ("_tag" in made) {
    if (made._tag === "TooMany") throw new Problem(503, "there are too many locks")
    const href = Href.write(made.with.names, false).replaceAll("&", "&amp;")
    throw new Problem(423, "it is locked", `<D:no-conflicting-lock><D:href>${href}</D:href></D:no-conflicting-lock>`)
  }
  if (isNew)
    try {
      await Upload.replace(fileSystem, { place, body: null, length: 0, modified: undefined })
    } catch (error) {
      locks.remove(made.token)
      throw error
    }
  return answer(made, context, isNew ? 201 : 200)
}

export const unlock: Method = async (request, { locks }) => {
  const header = request.headers.get("lock-token")
  if (header === null) throw new Problem(400, "the header Lock-Token is missing")
  // Windows leaves the brackets out.
  const token = header.trim().replace(/^<(.*)>$/, "$1")
  if (!locks.covering(request.path.names).some((each) => each.token === token))
    throw new Problem(409, "no lock of that token holds here", "<D:lock-token-matches-request-uri/>")
  locks.remove(token)
  return new Response(null, { status: 204 })
}
