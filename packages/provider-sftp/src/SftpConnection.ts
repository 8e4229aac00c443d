/**
 * One connection to a server, with one channel that many calls are on the way in at once. It is made anew by the next
 * call after it broke; what was on its way then fails.
 */
import { InvalidRequest, type StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import ssh2, { type Client, type ConnectConfig, type SFTPWrapper } from "ssh2"
import * as HostTrust from "./HostTrust.ts"
import { fingerprint } from "./KnownHosts.ts"
import { type Site, toStorageError } from "./SftpErrors.ts"
import { type SftpOptions, userOf } from "./SftpOptions.ts"
import * as SignIn from "./SignIn.ts"

/** Ends with `done`; what it throws counts as its error. */
export type Call<A> = (sftp: SFTPWrapper, done: (error: Error | null | undefined, value: A) => void) => void

/** A file that is open, on the channel that it was opened on: no other knows it. */
export interface Handle {
  readonly sftp: SFTPWrapper
  readonly handle: Buffer
}

export interface SftpConnection {
  /** What the server is, by its key. */
  readonly hostId: string
  /** What it can do beside the protocol: `posix-rename@openssh.com`. */
  readonly extensions: ReadonlySet<string>
  /** Most bytes of one call. */
  readonly limits: { readonly read: number; readonly write: number }
  readonly call: <A>(site: Site, call: Call<A>) => Effect.Effect<A, StorageError>
  /** Closed when `use` has ended. */
  readonly withFile: <A>(
    site: Site,
    path: string,
    flags: "r" | "wx",
    use: (file: Handle) => Effect.Effect<A, StorageError>
  ) => Effect.Effect<A, StorageError>
  /** Closed with the scope. */
  readonly open: (site: Site, path: string, flags: "r" | "wx") => Effect.Effect<Handle, StorageError, Scope.Scope>
  readonly on: <A>(file: Handle, site: Site, call: Call<A>) => Effect.Effect<A, StorageError>
}

/** The cheapest first: AES-GCM costs half of what ChaCha20 does. */
const ciphers: NonNullable<NonNullable<ConnectConfig["algorithms"]>["cipher"]> = {
  remove: [],
  append: [],
  prepend: ["aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "aes128-ctr"]
}

const keepaliveMillis = 15_000
/** Unanswered ones until the connection counts as broken. */
const keepalives = 3

interface Channel {
  readonly client: Client
  readonly sftp: SFTPWrapper
  readonly hostKey: Buffer
  /** Ended with the connection. */
  readonly pending: Set<(error: Error) => void>
}

/** What the library knows of the server and does not tell. */
const knownOf = (sftp: SFTPWrapper) => {
  const known = sftp as unknown as {
    readonly _extensions?: { readonly [name: string]: string }
    readonly _maxReadLen?: number
    readonly _maxWriteLen?: number
  }
  /** What every server takes: draft-ietf-secsh-filexfer-02, section 3. */
  const usual = 32_768
  const sizeOf = (size: number | undefined) => (size === undefined || size < usual ? usual : Math.min(size, 261_120))
  return {
    extensions: new Set(Object.keys(known._extensions ?? {})),
    limits: { read: sizeOf(known._maxReadLen), write: sizeOf(known._maxWriteLen) }
  }
}

const connect = (options: SftpOptions, onEnd: () => void): Promise<Channel> =>
  new Promise((resolve, reject) => {
    const trust = HostTrust.make(options)
    const client = new ssh2.Client()
    const pending = new Set<(error: Error) => void>()
    let hostKey: Buffer | undefined
    let refused: string | undefined
    let problem: Error | undefined
    const end = (error: Error): void => {
      onEnd()
      client.destroy()
      reject(refused === undefined ? error : new InvalidRequest({ message: refused }))
      for (const fail of [...pending]) fail(error)
      pending.clear()
    }
    client.on("error", (error) => {
      problem = error
      end(error)
    })
    client.on("close", () => end(problem ?? new Error("the server has closed it")))
    client.on("ready", () => {
      client.setNoDelay(true)
      client.sftp((error, sftp) => {
        if (error !== undefined || hostKey === undefined) return end(error ?? new Error("the server showed no key"))
        resolve({ client, sftp, hostKey, pending })
      })
    })
    client.connect({
      host: options.host,
      port: options.port,
      username: userOf(options),
      authHandler: SignIn.methods(options),
      readyTimeout: Math.round(options.connectTimeout * 1000),
      keepaliveInterval: keepaliveMillis,
      keepaliveCountMax: keepalives,
      algorithms: {
        cipher: ciphers,
        ...(trust.algorithms === undefined ? {} : { serverHostKey: trust.algorithms })
      },
      hostVerifier: (key: Buffer) => {
        hostKey = key
        refused = trust.refusal(key)
        return refused === undefined
      }
    })
  })

/** Runs `call` on the channel; ends with it. */
const runOn = <A>({ pending, sftp }: Channel, call: Call<A>): Promise<A> =>
  new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      pending.delete(fail)
      reject(error)
    }
    pending.add(fail)
    try {
      call(sftp, (error, value) => {
        if (error) return fail(error)
        pending.delete(fail)
        resolve(value)
      })
    } catch (error) {
      fail(error as Error)
    }
  })

/** Signs in, until the scope closes. Fails as any call does. */
export const make = Effect.fnUntraced(function* (
  options: SftpOptions,
  provider: string
): Effect.fn.Return<SftpConnection, StorageError, Scope.Scope> {
  let current: Promise<Channel> | undefined
  const channels = new Map<SFTPWrapper, Channel>()
  let isClosed = false
  const channel = (): Promise<Channel> => {
    if (isClosed) return Promise.reject(new Error("it was closed"))
    if (current !== undefined) return current
    const made = connect(options, () => {
      if (current === made) current = undefined
      void made.then(({ sftp }) => channels.delete(sftp)).catch(() => {})
    })
    current = made
    made.then(
      (one) => channels.set(one.sftp, one),
      () => {
        if (current === made) current = undefined
      }
    )
    return made
  }
  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      isClosed = true
      void current?.then(({ client }) => client.end()).catch(() => {})
    })
  )
  const attempt = <A>(site: Site, run: () => Promise<A>) =>
    Effect.tryPromise({ try: run, catch: (error) => toStorageError(site, error) })

  const call: SftpConnection["call"] = (site, made) => attempt(site, async () => runOn(await channel(), made))
  const on: SftpConnection["on"] = ({ sftp }, site, made) =>
    attempt(site, async () => {
      const known = channels.get(sftp)
      if (known === undefined) throw new Error("it broke while the file was open")
      return runOn(known, made)
    })
  const opened = (site: Site, path: string, flags: "r" | "wx") =>
    attempt(site, async (): Promise<Handle> => {
      const used = await channel()
      const handle = await runOn<Buffer>(used, (sftp, done) => sftp.open(path, flags, done))
      return { sftp: used.sftp, handle }
    })
  const close = (file: Handle, site: Site) =>
    Effect.ignore(on<void>(file, site, (sftp, done) => sftp.close(file.handle, (error) => done(error, undefined))))

  const site = { provider, operation: "open", path: "" }
  const first = yield* attempt(site, channel)
  const { extensions, limits } = knownOf(first.sftp)
  return {
    hostId: fingerprint(first.hostKey),
    extensions,
    limits,
    call,
    on,
    open: (where, path, flags) => Effect.acquireRelease(opened(where, path, flags), (file) => close(file, where)),
    withFile: (where, path, flags, use) =>
      Effect.acquireUseRelease(opened(where, path, flags), use, (file) => close(file, where))
  }
})
