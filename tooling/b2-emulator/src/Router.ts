/** From a request to the code that answers it. */
import type { Account } from "./Account.ts"
import { type Addresses, addressOf, checkRole, type Role } from "./Addresses.ts"
import { authorizeAccount } from "./Authorize.ts"
import type { Call } from "./Call.ts"
import type { Control } from "./Control.ts"
import { preflight } from "./Cors.ts"
import { downloadById, downloadByName } from "./Download.ts"
import { badJson, badRequest, methodNotAllowed, notFound } from "./Errors.ts"
import { Exchange, parseQuery } from "./Exchange.ts"
import { replyWithFault } from "./FaultReplies.ts"
import type { CallShape, Faults } from "./Faults.ts"
import type { Fields } from "./Fields.ts"
import type { HttpRequest } from "./HttpRequest.ts"
import type { Network } from "./Network.ts"
import { isReadOnly, operations } from "./Operations.ts"
import type { RateLimit } from "./RateLimit.ts"
import { checkFields, fieldsOfQuery } from "./RequestFields.ts"
import type { RequestLog } from "./RequestLog.ts"
import type { TestMode } from "./TestMode.ts"
import { handleUpload } from "./Upload.ts"
import { getUploadPartUrl, getUploadUrl } from "./UploadUrls.ts"

export interface Server {
  readonly account: Account
  readonly faults: Faults
  readonly network: Network
  readonly testMode: TestMode
  readonly rateLimit: RateLimit | undefined
  readonly abruptErrors: boolean
  /** Present only when the control address is switched on. */
  readonly control: Control | undefined
  readonly log: RequestLog | undefined
}

const apiPrefix = "/b2api/v"
const operationAt = apiPrefix.length + 2
const filePrefix = "/file/"
const controlPrefix = "/emulator/"

/** `role` is that of the port the request came to; undefined when one port takes all. */
export const handleRequest = (
  server: Server,
  addresses: Addresses,
  request: HttpRequest,
  role: Role | undefined
): void => {
  const exchange = new Exchange(request, server.network, server.abruptErrors)
  const { path } = exchange
  if (server.control !== undefined && path.startsWith(controlPrefix)) {
    server.control.handle(exchange, path.slice(controlPrefix.length))
    return
  }
  const { log } = server
  if (log !== undefined) {
    const started = performance.now()
    request.onceOver(() => log.add(exchange, started))
  }
  try {
    if (path.startsWith(apiPrefix) && path.charCodeAt(operationAt - 1) === 47)
      routeApi(server, addresses, exchange, role)
    else if (path.startsWith(filePrefix)) routeByName(server, exchange, role)
    else throw notFound(`No such address: ${path}`)
  } catch (failure) {
    exchange.refuse(() => exchange.sendFailure(failure))
  }
}

const misbehaves = (server: Server, exchange: Exchange, shape: CallShape): boolean => {
  const failure = server.rateLimit?.refusal() ?? server.testMode.failureOf(exchange)
  exchange.fault = server.faults.draw(exchange.operation, shape)
  if (failure === undefined && exchange.fault === undefined) return false
  return replyWithFault(exchange, server.account, shape, failure)
}

const routeByName = (server: Server, exchange: Exchange, role: Role | undefined): void => {
  exchange.operation = "b2_download_file_by_name"
  checkRole(exchange.operation, role)
  if (exchange.method === "OPTIONS") {
    preflight(exchange, server.account)
    return
  }
  if (exchange.method !== "GET" && exchange.method !== "HEAD") throw methodNotAllowed(exchange.method)
  if (misbehaves(server, exchange, "download")) return
  downloadByName(exchange, server.account, server.faults, exchange.path.slice(filePrefix.length))
}

const routeApi = (server: Server, addresses: Addresses, exchange: Exchange, role: Role | undefined): void => {
  const { path, method } = exchange
  const apiVersion = path.charCodeAt(apiPrefix.length) - 48
  if (apiVersion < 1 || apiVersion > 4) throw badRequest(`Unknown API version: ${path}`)
  const rest = path.slice(operationAt)
  const slash = rest.indexOf("/")
  const operation = slash < 0 ? rest : rest.slice(0, slash)
  exchange.operation = operation
  checkRole(operation, role)

  if (method === "OPTIONS") preflight(exchange, server.account)
  else if (operation === "b2_upload_file" || operation === "b2_upload_part") {
    if (misbehaves(server, exchange, "upload")) return
    handleUpload(exchange, server.account, rest, apiVersion)
  } else if (operation === "b2_download_file_by_id") routeById(server, exchange, apiVersion)
  else if (operation === "b2_authorize_account") {
    if (method !== "GET" && method !== "POST") throw methodNotAllowed(method)
    if (misbehaves(server, exchange, "authorize")) return
    exchange.drain(() => answer(exchange, () => authorizeAccount(exchange, server.account, addresses, apiVersion)))
  } else routeJson(server, addresses, exchange, apiVersion)
}

const routeById = (server: Server, exchange: Exchange, apiVersion: number): void => {
  const { method } = exchange
  if (method !== "GET" && method !== "HEAD" && method !== "POST") throw methodNotAllowed(method)
  if (misbehaves(server, exchange, "download")) return
  if (method !== "POST") {
    downloadById(exchange, server.account, server.faults, parseQuery(exchange.query))
    return
  }
  exchange.readBody((body) => {
    try {
      const query: Record<string, string> = {}
      const fields = checkFields(exchange.operation, apiVersion, parseObject(body))
      for (const [name, value] of Object.entries(fields)) query[name] = String(value)
      downloadById(exchange, server.account, server.faults, query)
    } catch (failure) {
      exchange.sendFailure(failure)
    }
  })
}

const routeJson = (server: Server, addresses: Addresses, exchange: Exchange, apiVersion: number): void => {
  const { account } = server
  const { operation } = exchange
  const uploadBase = () => addressOf(addresses, exchange.header("host"), "upload")
  const run =
    operation === "b2_get_upload_url"
      ? (call: Call) => getUploadUrl(call, uploadBase())
      : operation === "b2_get_upload_part_url"
        ? (call: Call) => getUploadPartUrl(call, uploadBase())
        : operations.get(operation)
  if (run === undefined) throw badRequest(`Unknown endpoint: ${operation}`)
  const byQuery = exchange.method === "GET" && isReadOnly(operation)
  if (!byQuery && exchange.method !== "POST") throw methodNotAllowed(exchange.method)
  if (misbehaves(server, exchange, "json")) return
  exchange.readBody((body) =>
    answer(exchange, () => {
      const key = account.tokens.useAccountToken(exchange.header("authorization"))
      const fields = byQuery
        ? fieldsOfQuery(operation, apiVersion, parseQuery(exchange.query))
        : checkFields(operation, apiVersion, parseObject(body))
      return run({ account, apiVersion, fields, key })
    })
  )
}

const answer = (exchange: Exchange, run: () => string | Buffer | Promise<string>): void => {
  try {
    const reply = run()
    if (typeof reply === "string" || Buffer.isBuffer(reply)) exchange.sendJson(reply)
    else {
      reply.then(
        (text) => exchange.sendJson(text),
        (failure) => exchange.sendFailure(failure)
      )
    }
  } catch (failure) {
    exchange.sendFailure(failure)
  }
}

const parseObject = (body: Buffer): Fields => {
  let value: unknown
  try {
    value = JSON.parse(body.toString())
  } catch {
    throw badJson("The request body is not JSON")
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw badJson("The body must be an object")
  return value as Fields
}
