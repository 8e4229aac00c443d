/** Starts the emulator, in this process, on a loopback address. */
import { randomBytes } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { Account } from "./Account.ts"
import { s3AddressOf } from "./Addresses.ts"
import type { BodyStore } from "./Bodies.ts"
import { Clock } from "./Clock.ts"
import { Control } from "./Control.ts"
import { directoryBodies } from "./DirectoryBodies.ts"
import { type FaultKind, type FaultRates, Faults } from "./Faults.ts"
import { type AccountRecord, openJournal, readJournal, replay, rewriteJournal, snapshot } from "./Journal.ts"
import { allCapabilities, type KeyRecord } from "./Key.ts"
import { newKeySecret } from "./Keys.ts"
import { listen } from "./Listeners.ts"
import { memoryBodies } from "./MemoryBodies.ts"
import { makeNetwork, type Network } from "./Network.ts"
import { RateLimit } from "./RateLimit.ts"
import { RequestLog } from "./RequestLog.ts"
import { handleRequest } from "./Router.ts"
import { handleS3, type S3Options, type S3Server } from "./s3/S3Door.ts"
import { TestMode } from "./TestMode.ts"
import { advance } from "./VirtualTime.ts"

export interface EmulatorOptions {
  /** Port on 127.0.0.1; 0, the default, takes any free one. */
  readonly port?: number
  /** Gives the API, uploads and downloads ports of their own, which is how B2 tells them apart by host. */
  readonly separatePorts?: boolean
  /** https instead of http, with a certificate made now; it is also written to the file that is named. */
  readonly https?: { readonly certificateFile?: string }
  /** Pages of listings hold a row or two, or none, and still go on. */
  readonly shortPages?: boolean
  /** Error replies close the connection, and come before the body where they can. */
  readonly abruptErrors?: boolean
  /** Switches on the S3-compatible side, at a port of its own, on the same buckets. */
  readonly s3?: S3Options
  /** New buckets encrypt with SSE-B2, so that name and file info have 2,048 bytes. */
  readonly defaultEncryption?: boolean
  /** Requests a second; beyond them 429. */
  readonly rateLimit?: number
  /** Where bodies and metadata go; memory when absent. One emulator at a time may use a directory. */
  readonly directory?: string
  /** With a directory: reply only when data and metadata are on the disk. */
  readonly fsync?: boolean
  /** Milliseconds before each reply. */
  readonly latency?: number
  /** Bytes per second in each direction, all connections together; 0, the default, is unlimited. */
  readonly bandwidth?: number
  readonly faults?: FaultRates
  /** Of the faults' random generator. */
  readonly seed?: number
  /** Switches on the request log and the address `/emulator/...`. */
  readonly control?: boolean
  /** In bytes; 100,000,000 when absent, as in B2. */
  readonly recommendedPartSize?: number
  /** In bytes; 5,000,000 when absent, as in B2. */
  readonly minimumPartSize?: number
  /** The master key. Made up when absent, or taken from the directory. */
  readonly keyId?: string
  readonly key?: string
}

export interface Emulator {
  /** `http://127.0.0.1:PORT`; where `b2_authorize_account` and the control address are. */
  readonly endpoint: string
  /** Where the S3-compatible side is; undefined without `s3`. */
  readonly s3Endpoint: string | undefined
  /** With https: the authority that clients must trust, as PEM. */
  readonly certificate: string | undefined
  readonly accountId: string
  readonly keyId: string
  readonly key: string
  /** May be changed while the emulator runs. */
  readonly network: Network
  /** Counts and requests; undefined without `control`. */
  readonly log: RequestLog | undefined
  /** How many file versions there are, unfinished large files and hide markers included. */
  readonly versionCount: () => number
  /** Replaces the rates of the random faults. */
  readonly setFaults: (rates: FaultRates) => void
  /** Makes the next `count` calls of an operation such as `b2_upload_file` fail in one way. */
  readonly failNext: (operation: string, kind: FaultKind, count?: number) => void
  /** Lets time pass; the lifecycle rules run once per day of it. */
  readonly advance: (span: { readonly days?: number; readonly milliseconds?: number }) => void
  /** Account tokens given out so far answer `expired_auth_token` from now on. */
  readonly expireTokens: () => void
  /** Upload URLs given out so far are refused from now on. */
  readonly expireUploadUrls: () => void
  /** Drops all connections and stops. May be called twice. */
  readonly close: () => Promise<void>
}

/** Rejects when the port is taken or the directory cannot be used. */
export const startEmulator = async (options: EmulatorOptions = {}): Promise<Emulator> => {
  const { account, closeStore } = openAccount(options)
  const network = makeNetwork(options.latency ?? 0, options.bandwidth ?? 0)
  const faults = new Faults(options.faults ?? {}, options.seed ?? 1)
  const log = options.control === true ? new RequestLog() : undefined
  const control = log === undefined ? undefined : new Control({ account, faults, network, log })
  const rateLimit = options.rateLimit === undefined ? undefined : new RateLimit(options.rateLimit)
  const { abruptErrors = false } = options
  const server = { abruptErrors, account, control, faults, log, network, rateLimit, testMode: new TestMode() }

  const { port = 0, separatePorts = false, https, s3 } = options
  const s3Port = s3 === undefined ? undefined : (s3.port ?? 0)
  const s3Server: S3Server = { account, faults, network, log, options: s3 ?? {} }
  const listeners = await listen({ port, separatePorts, https: https !== undefined, s3Port }, (request, role) => {
    if (role === "s3") handleS3(s3Server, request)
    else handleRequest(server, listeners.addresses, request, role)
  })
  const certificate = listeners.certificate?.certificate
  if (https?.certificateFile !== undefined && certificate !== undefined) {
    fs.writeFileSync(https.certificateFile, certificate)
  }
  const { applicationKeyId, secret } = account.masterKey.record

  let closing: Promise<void> | undefined
  const close = () => {
    closing ??= listeners.close().then(closeStore)
    return closing
  }

  return {
    endpoint: `${listeners.addresses.scheme}://127.0.0.1:${listeners.port}`,
    s3Endpoint: s3AddressOf(listeners.addresses, undefined),
    certificate,
    accountId: account.accountId,
    keyId: applicationKeyId,
    key: secret,
    network,
    log,
    versionCount: () => account.files.size,
    setFaults: (rates) => faults.setRates(rates),
    failNext: (operation, kind, count) => faults.failNext(operation, kind, count),
    advance: (span) => advance(account, span),
    expireTokens: () => account.tokens.expireAccountTokens(),
    expireUploadUrls: () => account.tokens.retireUploadTokens(() => true),
    close
  }
}

const masterKey = (accountId: string, options: EmulatorOptions, stored: KeyRecord | undefined): KeyRecord => ({
  applicationKeyId: options.keyId ?? stored?.applicationKeyId ?? accountId,
  secret: options.key ?? stored?.secret ?? newKeySecret(),
  keyName: "master",
  capabilities: allCapabilities,
  bucketIds: null,
  namePrefix: null,
  expirationTimestamp: null
})

const openAccount = (options: EmulatorOptions): { account: Account; closeStore: () => void } => {
  const make = (bodies: BodyStore, stored: AccountRecord | undefined) => {
    const accountId = stored?.accountId ?? randomBytes(6).toString("hex")
    return new Account({
      accountId,
      masterKey: masterKey(accountId, options, stored?.masterKey),
      clock: new Clock(),
      bodies,
      minimumPartSize: options.minimumPartSize ?? 5_000_000,
      recommendedPartSize: options.recommendedPartSize ?? 100_000_000,
      encryptsByDefault: options.defaultEncryption ?? false,
      shortPages: options.shortPages ?? false
    })
  }
  if (options.directory === undefined) return { account: make(memoryBodies(), undefined), closeStore: () => {} }

  const fsync = options.fsync ?? false
  const journalFile = path.join(options.directory, "journal.jsonl")
  fs.mkdirSync(options.directory, { recursive: true })
  const bodies = directoryBodies(path.join(options.directory, "blobs"), fsync)
  const entries = readJournal(journalFile)
  const first = entries.next().value
  const account = make(bodies, first?.type === "account" ? (first.record as AccountRecord) : undefined)
  bodies.sweep(replay(account, entries))
  rewriteJournal(journalFile, snapshot(account))
  const journal = openJournal(journalFile, fsync)
  account.journal = journal
  const closeStore = () => {
    journal.close()
    bodies.close()
  }
  return { account, closeStore }
}
