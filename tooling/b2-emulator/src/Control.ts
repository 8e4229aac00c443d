/**
 * The control address, `/emulator/...`, for tests and benchmarks. It is not part of B2 and asks for no token, so it is
 * there only when the emulator was started with it.
 */
import type { Account } from "./Account.ts"
import { badRequest, methodNotAllowed } from "./Errors.ts"
import { type Exchange, parseQuery } from "./Exchange.ts"
import { type FaultKind, type Faults, faultKinds, parseFaultRates } from "./Faults.ts"
import { type Fields, optionalInteger, optionalString, requiredString } from "./Fields.ts"
import type { Network } from "./Network.ts"
import { parseDuration, parseSize } from "./Quantities.ts"
import type { RequestLog } from "./RequestLog.ts"
import { advance } from "./VirtualTime.ts"

export interface ControlledServer {
  readonly account: Account
  readonly faults: Faults
  readonly network: Network
  readonly log: RequestLog
}

type Command = (server: ControlledServer, fields: Fields) => unknown

const isFaultKind = (kind: string): kind is FaultKind => (faultKinds as readonly string[]).includes(kind)

const reads: Readonly<Record<string, Command>> = {
  requests: ({ log }, fields) => ({ requests: log.requests(optionalString(fields, "operation")) }),
  counts: ({ log }) => ({ operations: log.counts() }),
  state: ({ account }) => ({
    now: account.clock.now(),
    buckets: [...account.buckets.values()].map(({ bucketId, bucketName, names, unfinished }) => ({
      bucketId,
      bucketName,
      names: names.size,
      unfinishedLargeFiles: unfinished.size
    })),
    fileVersions: account.files.size
  })
}

const commands: Readonly<Record<string, Command>> = {
  "reset-counts": ({ log }) => log.reset(),
  fault: ({ faults }, fields) => {
    const rates = optionalString(fields, "rates")
    if (rates !== undefined) faults.setRates(rates === "" ? {} : parseFaultRates(rates))
    const operation = optionalString(fields, "operation")
    if (operation === undefined) return
    const kind = requiredString(fields, "kind")
    if (!isFaultKind(kind)) throw badRequest(`Unknown kind of fault: ${kind}`)
    faults.failNext(operation, kind, optionalInteger(fields, "count") ?? 1)
  },
  network: ({ network }, fields) => {
    const latency = optionalString(fields, "latency")
    const bandwidth = optionalString(fields, "bandwidth")
    if (latency !== undefined) network.latency = parseDuration(latency)
    if (bandwidth !== undefined) {
      network.up.bytesPerSecond = parseSize(bandwidth)
      network.down.bytesPerSecond = parseSize(bandwidth)
    }
  },
  advance: ({ account }, fields) => {
    advance(account, {
      days: optionalInteger(fields, "days") ?? 0,
      milliseconds: optionalInteger(fields, "milliseconds") ?? 0
    })
    return { now: account.clock.now() }
  },
  "expire-tokens": ({ account }) => account.tokens.expireAccountTokens(),
  "expire-upload-urls": ({ account }) => account.tokens.retireUploadTokens(() => true)
}

export class Control {
  readonly #server: ControlledServer

  constructor(server: ControlledServer) {
    this.#server = server
  }

  /** `name` is the path after `/emulator/`. */
  handle(exchange: Exchange, name: string): void {
    exchange.readBody((body) => {
      try {
        exchange.sendJson(this.#run(exchange, name, body))
      } catch (failure) {
        exchange.sendFailure(
          failure instanceof Error && failure.constructor === Error ? badRequest(failure.message) : failure
        )
      }
    })
  }

  #run(exchange: Exchange, name: string, body: Buffer): string {
    const read = reads[name]
    if (read !== undefined) {
      if (exchange.method !== "GET") throw methodNotAllowed(exchange.method)
      return JSON.stringify(read(this.#server, parseQuery(exchange.query)))
    }
    const command = commands[name]
    if (command === undefined) throw badRequest(`Unknown control command: ${name}`)
    if (exchange.method !== "POST") throw methodNotAllowed(exchange.method)
    const fields: Fields = body.length === 0 ? {} : JSON.parse(body.toString())
    return JSON.stringify(command(this.#server, fields) ?? {})
  }
}
