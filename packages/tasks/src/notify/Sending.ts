/** Hands one message over. */
import { createHmac } from "node:crypto"
import { lookup as lookUp } from "node:dns"
import * as http from "node:http"
import * as https from "node:https"
import { BlockList, isIP, type LookupFunction } from "node:net"
import * as Secret from "@ourclone/core/configuration/Secret"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Message } from "./Message.ts"
import type { Target } from "./Target.ts"

export interface Sent {
  /** The same each time it is tried, so that a receiver can tell. */
  readonly id: string
  /** Milliseconds since 1970 UTC. */
  readonly at: number
  readonly message: Message
}

type Sending = Effect.Effect<void, string>

const patienceMillis = 20_000

const ownNetworks = new BlockList()
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16]
] as const) {
  ownNetworks.addSubnet(network, prefix, "ipv4")
}
for (const [network, prefix] of [
  ["::", 127],
  ["fc00::", 7],
  ["fe80::", 10]
] as const) {
  ownNetworks.addSubnet(network, prefix, "ipv6")
}

/** The address of IPv4 that the network's translator makes of one of IPv6 (RFC 6052). */
const translated = (address: string): string | undefined => {
  const plain = URL.parse(`http://[${address}]`)?.hostname ?? ""
  const [, high = "0", low] = /^\[64:ff9b::(?:([0-9a-f]+):)?([0-9a-f]+)\]$/.exec(plain) ?? []
  if (low === undefined) return undefined
  const bytes = Buffer.alloc(4)
  bytes.writeUInt16BE(Number.parseInt(high, 16), 0)
  bytes.writeUInt16BE(Number.parseInt(low, 16), 2)
  return bytes.join(".")
}

/** Whether the address is of this machine or its network. */
export const isOwn = (address: string): boolean => {
  const behind = translated(address)
  if (behind !== undefined) return isOwn(behind)
  return ownNetworks.check(address, isIP(address) === 6 ? "ipv6" : "ipv4")
}

/** Why nothing is sent to a host of these addresses: one of its own network among them is enough. */
export const refusal = (host: string, addresses: ReadonlyArray<string>): Error | undefined =>
  addresses.some(isOwn)
    ? new Error(`${host} is in this machine's own network; if that is meant, say onMyNetwork = true`)
    : undefined

/** Connects to the address that was looked at, and to no other. */
const guarded: LookupFunction = (host, options, callback) => {
  lookUp(host, { ...options, all: true }, (error, found) => {
    const problem =
      error ??
      refusal(
        host,
        found.map(({ address }) => address)
      )
    callback(problem ?? null, problem === undefined ? found : [])
  })
}

/** An address of the host, which is none of the own network. */
const addressOf = (host: string): Effect.Effect<string, string> =>
  Effect.callback((resume) => {
    const take = (addresses: ReadonlyArray<string>) => {
      const [first = host] = addresses
      const problem = refusal(host, addresses)
      resume(problem === undefined ? Effect.succeed(first) : Effect.fail(problem.message))
    }
    if (isIP(host) !== 0) return take([host])
    lookUp(host, { all: true }, (error, found) => {
      if (error === null) take(found.map(({ address }) => address))
      else resume(Effect.fail(`${host}: ${error.message}`))
    })
  })

interface Post {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly onMyNetwork: boolean | undefined
}

/** Follows no redirect: what is sent is for whom it was written down. */
const post = ({ body, headers, onMyNetwork, url }: Post): Sending =>
  Effect.callback<void, string>((resume) => {
    const to = new URL(url)
    const host = to.hostname.replace(/^\[|\]$/g, "")
    const problem = onMyNetwork !== true && isIP(host) !== 0 ? refusal(host, [host]) : undefined
    if (problem !== undefined) return resume(Effect.fail(problem.message))
    const { request } = to.protocol === "https:" ? https : http
    const options = {
      method: "POST",
      headers: { "user-agent": "ourclone", ...headers },
      timeout: patienceMillis,
      ...(onMyNetwork === true ? {} : { lookup: guarded })
    }
    const sending = request(to, options, (answer) => {
      answer.resume()
      const status = answer.statusCode ?? 0
      const isGood = status >= 200 && status < 300
      resume(isGood ? Effect.void : Effect.fail(`${to.host} answered ${status}`))
    })
    sending.on("timeout", () => sending.destroy(new Error(`${to.host} did not answer in time`)))
    sending.on("error", (error) => resume(Effect.fail(`${to.host}: ${error.message}`)))
    sending.end(body)
    return Effect.sync(() => void sending.destroy())
  })

/** Standard Webhooks: what `webhook-signature` says of the body. */
export const signature = (secret: string, id: string, at: number, body: string): string =>
  `v1,${createHmac("sha256", Buffer.from(secret.replace(/^whsec_/, ""), "base64"))
    .update(`${id}.${at}.${body}`)
    .digest("base64")}`

const resolved = (secret: string | undefined, surroundings: Secret.Surroundings): Effect.Effect<string, string> =>
  secret === undefined ? Effect.succeed("") : Effect.map(Secret.resolve(secret, surroundings), Redacted.value)

// biome-ignore lint/suspicious/noControlCharactersInRegex: they end a header field.
const oneLine = (text: string): string => text.replace(/[\u0000-\u001f\u007f]+/g, " ")

const mail = Effect.fnUntraced(function* (
  target: Extract<Target, { readonly type: "mail" }>,
  { message }: Sent,
  surroundings: Secret.Surroundings
) {
  const { createTransport } = yield* Effect.promise(() => import("nodemailer"))
  const { from, host, onMyNetwork, plain = false, port, to, user } = target
  const pass = yield* resolved(target.password, surroundings)
  const transport = createTransport({
    // The address that was looked at, and no other; its certificate is that of the name.
    host: onMyNetwork === true ? host : yield* addressOf(host),
    ...(isIP(host) === 0 ? { tls: { servername: host } } : {}),
    port: port ?? (plain ? 25 : 587),
    secure: port === 465,
    requireTLS: !plain && port !== 465,
    ...(user === undefined ? {} : { auth: { user, pass } }),
    connectionTimeout: patienceMillis,
    greetingTimeout: patienceMillis,
    socketTimeout: patienceMillis
  })
  yield* Effect.tryPromise({
    try: () => transport.sendMail({ from, to, subject: oneLine(message.title), text: message.body }),
    catch: (error) => `${host}: ${error instanceof Error ? error.message : String(error)}`
  })
})

/** Fails with the cause in words, which hold no secret. */
export const send = Effect.fnUntraced(function* (
  target: Target,
  sent: Sent,
  surroundings: Secret.Surroundings
): Effect.fn.Return<void, string> {
  const { at, id, message } = sent
  switch (target.type) {
    case "webhook": {
      const seconds = Math.floor(at / 1000)
      const { body: text, data, occasion, title } = message
      const timestamp = new Date(at).toISOString()
      const body = JSON.stringify({ type: `task.${occasion}`, timestamp, data: { ...data, title, text } })
      const secret = yield* resolved(target.secret, surroundings)
      const signed: Record<string, string> =
        secret === "" ? {} : { "webhook-signature": signature(secret, id, seconds, body) }
      const headers = {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": String(seconds),
        ...signed
      }
      return yield* post({ ...target, onMyNetwork: target.onMyNetwork, headers, body })
    }
    case "ntfy": {
      const isGood = message.occasion === "recovery" || message.occasion === "success"
      const token = yield* resolved(target.token, surroundings)
      const headers = {
        // Header fields hold no other characters.
        title: Buffer.from(oneLine(message.title)).toString("latin1"),
        priority: isGood ? "default" : "high",
        tags: isGood ? "white_check_mark" : "warning",
        ...(token === "" ? {} : { authorization: `Bearer ${token}` })
      }
      return yield* post({ ...target, onMyNetwork: target.onMyNetwork, headers, body: message.body })
    }
    case "healthchecks": {
      const url = message.occasion !== "failure" ? target.url : `${target.url.replace(/\/$/, "")}/fail`
      const body = `${message.title}\n${message.body}`
      return yield* post({ url, onMyNetwork: target.onMyNetwork, headers: {}, body })
    }
    case "mail":
      return yield* mail(target, sent, surroundings)
  }
})
