/** The client of the AWS library, as it has to be set up: one attempt, limits of time, and no checksums that services refuse. */
import * as nodeHttp from "node:http"
import * as https from "node:https"
import { pipeline, Readable, Transform } from "node:stream"
import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3"
import { RequestPace } from "@ourclone/core/layers/RequestPace"
import * as Authorities from "@ourclone/http/Authorities"
import * as HttpClient from "@ourclone/http/HttpClient"
import { usualPatience } from "@ourclone/http/HttpMessage"
import * as HttpProxy from "@ourclone/http/HttpProxy"
import * as Redacted from "effect/Redacted"
import type { Connected } from "./S3Calls.ts"
import * as S3Requests from "./S3Requests.ts"

export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: Redacted.Redacted<string>
  readonly sessionToken?: Redacted.Redacted<string> | undefined
}

export interface Connecting {
  readonly endpoint: string | undefined
  readonly region: string
  readonly pathStyle: boolean
  readonly takesCallNames: boolean
  /** `chain`: environment, profile, and what the machine has. */
  readonly credentials: Credentials | { readonly profile: string } | "anonymous" | "chain"
  readonly connectTimeout: number
  readonly idleTimeout: number
  readonly maxConcurrency: number
  readonly proxy: Redacted.Redacted<string> | undefined
  readonly noProxy: string
  readonly caFile: string | undefined
  readonly userAgent: string
  readonly onRequest: ((line: string) => void) | undefined
}

export interface S3Connection extends Connected {
  readonly limitConnections: (most: number) => void
  readonly limitRequests: (perSecond: number | undefined) => void
  readonly close: () => void
}

const credentialsOf = ({ credentials }: Connecting): Pick<S3ClientConfig, "credentials" | "profile" | "signer"> => {
  if (credentials === "chain") return {}
  if (credentials === "anonymous") {
    return {
      credentials: { accessKeyId: "", secretAccessKey: "" },
      signer: { sign: async (request) => request }
    }
  }
  if ("profile" in credentials) return { profile: credentials.profile }
  const { accessKeyId, secretAccessKey, sessionToken } = credentials
  return {
    credentials: {
      accessKeyId,
      secretAccessKey: Redacted.value(secretAccessKey),
      ...(sessionToken === undefined ? {} : { sessionToken: Redacted.value(sessionToken) })
    }
  }
}

/** In bytes, of what is no file: a page of a thousand names of the longest takes a quarter. */
const mostOfAnswer = 16 * 1024 * 1024

/** `body`, which fails where it does not end. */
const bounded = (body: Readable): Readable => {
  let bytes = 0
  const through = new Transform({
    transform: (piece: Uint8Array, _, done) => {
      bytes += piece.length
      if (bytes > mostOfAnswer) done(new Error(`the answer has more than ${mostOfAnswer} bytes`))
      else done(null, piece)
    }
  })
  pipeline(body, through, () => {})
  return through
}

/** The library holds whole answers in memory, however long they are. `onServer` is told what the server calls itself. */
const boundAnswers = (client: S3Client, onServer: (name: string) => void): void =>
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const result = await next(args)
      const response = result.response as {
        readonly statusCode?: number
        readonly headers?: Readonly<Record<string, string | undefined>>
        body?: unknown
      }
      if (response.headers?.server !== undefined) onServer(response.headers.server)
      const isFile = (context as { readonly commandName?: string }).commandName === "GetObjectCommand"
      if (isFile && (response.statusCode ?? 0) < 300) return result
      if (response.body instanceof Readable) response.body = bounded(response.body)
      return result
    },
    { step: "deserialize", priority: "low", name: "boundedAnswers" }
  )

/** Whom the library is about to ask, as `@ourclone/http` calls them. */
const originOf = (request: unknown): string => {
  const { hostname, port, protocol } = request as { hostname: string; port?: number; protocol: string }
  return `${protocol}//${hostname}${port === undefined ? "" : `:${port}`}`
}

const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {} }

/** Throws when the file of certificates can not be used. */
export const connect = (options: Connecting): S3Connection => {
  const { caFile, endpoint, maxConcurrency, noProxy, proxy } = options
  let region = options.region
  const address = proxy === undefined ? undefined : Redacted.value(proxy)
  const refused = address && HttpProxy.refusal(address)
  if (refused) throw new Error(`the option proxy ${refused}`)
  const ca = caFile === undefined ? undefined : Authorities.withFile(caFile)
  const agentOptions: https.AgentOptions = {
    keepAlive: true,
    ...(ca === undefined ? {} : { ca: [...ca] }),
    ...(address === undefined ? {} : { proxyEnv: { HTTP_PROXY: address, HTTPS_PROXY: address, NO_PROXY: noProxy } })
  }
  const agents = { httpAgent: new nodeHttp.Agent(agentOptions), httpsAgent: new https.Agent(agentOptions) }
  const client = new S3Client({
    region: async () => region,
    ...(endpoint === undefined ? {} : { endpoint }),
    forcePathStyle: options.pathStyle,
    maxAttempts: 1,
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    followRegionRedirects: false,
    customUserAgent: options.userAgent,
    logger: silent,
    requestHandler: { connectionTimeout: options.connectTimeout, socketTimeout: options.idleTimeout, ...agents },
    ...credentialsOf(options)
  })
  let server = ""
  boundAnswers(client, (name) => {
    server = name
  })
  if (!options.takesCallNames) {
    client.middlewareStack.add(
      (next) => (args) => {
        const { query } = args.request as { readonly query?: Record<string, unknown> }
        if (query !== undefined) delete query["x-id"]
        return next(args)
      },
      { step: "build", name: "withoutCallNames" }
    )
  }
  const pace = new RequestPace()
  const http = HttpClient.make({
    proxy: address === undefined ? undefined : HttpProxy.parse(address),
    noProxy,
    ca,
    patience: { ...usualPatience, connect: options.connectTimeout, idle: options.idleTimeout },
    maxConcurrency,
    pace
  })
  client.middlewareStack.add(
    (next) => async (args) => {
      const leave = await http.turn(originOf(args.request), "short")
      try {
        await pace.turn()
        return await next(args)
      } finally {
        leave()
      }
    },
    { step: "build", name: "inTurn" }
  )
  return {
    client,
    requests: S3Requests.make(client, http, options.userAgent),
    onRequest: options.onRequest,
    server: () => server,
    setRegion: (other) => {
      if (other === region) return false
      region = other
      return true
    },
    limitConnections: http.limit,
    limitRequests: (perSecond) => pace.limit(perSecond),
    close: () => {
      client.destroy()
      void http.close()
      for (const agent of Object.values(agents)) agent.destroy()
    }
  }
}
