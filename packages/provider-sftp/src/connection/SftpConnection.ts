/**
 * One connection to a server, with one channel that many calls are on the way in at once. It is made anew by the next
 * call after it broke; what was on its way then fails.
 */
import { InvalidRequest, type StorageError, UnexpectedResponse } from "@ourclone/core/contract/StorageError"
import { traced } from "@ourclone/core/machine/Traced"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import ssh2, { type Client, type ConnectConfig, type FileEntryWithStats, type SFTPWrapper } from "ssh2"
import * as HostTrust from "./HostTrust.ts"
import { fingerprint } from "./KnownHosts.ts"
import { type Site, status, statusOf, toStorageError } from "./SftpErrors.ts"
import { type SftpOptions, userOf } from "./SftpOptions.ts"
import * as SignIn from "./SignIn.ts"
import * as SshThrift from "./SshThrift.ts"

/** Ends with `done`; what it throws counts as its error. */
export type Call<A> = (sftp: SFTPWrapper, done: (error: Error | null | undefined, value: A) => void) => void

export type Flags = "r" | "r+" | "wx"

/** A name in a folder, and what the server says of what it is of. */
export type Listed = Pick<FileEntryWithStats, "filename"> & {
  readonly attrs: Pick<FileEntryWithStats["attrs"], "mode" | "mtime" | "size">
}

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
  /** What is in a folder, in no order. Fails with `UnexpectedResponse` where that has no end. */
  readonly readdir: (site: Site, path: string) => Effect.Effect<ReadonlyArray<Listed>, StorageError>
  /** Closed when `use` has ended. */
  readonly withFile: <A>(
    site: Site,
    path: string,
    flags: Flags,
    use: (file: Handle) => Effect.Effect<A, StorageError>
  ) => Effect.Effect<A, StorageError>
  /** Closed with the scope. */
  readonly open: (site: Site, path: string, flags: Flags) => Effect.Effect<Handle, StorageError, Scope.Scope>
  readonly on: <A>(file: Handle, site: Site, call: Call<A>) => Effect.Effect<A, StorageError>
  /** The same, of a call that takes the server as long as there are bytes. */
  readonly onPatiently: <A>(file: Handle, site: Site, call: Call<A>) => Effect.Effect<A, StorageError>
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

interface Pending {
  readonly fail: (error: Error) => void
  readonly isPatient: boolean
}

interface Channel {
  readonly client: Client
  readonly sftp: SFTPWrapper
  readonly hostKey: Buffer
  /** Ended with the connection. */
  readonly pending: Set<Pending>
  /** A call began, or was answered. */
  readonly heard: () => void
}

/** Of all names of one folder together, with what is told of each: so much memory a server may take. */
const mostOfFolder = 128 * 1024 * 1024
const aroundName = 128
/** Answers without a name until a folder counts as one without end. */
const mostEmpty = 100

const endless = () => new UnexpectedResponse({ message: "the server lists a folder without end" })

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
    const pending = new Set<Pending>()
    const [connectMillis, idleMillis] = [options.connectTimeout * 1000, options.idleTimeout * 1000]
    let hostKey: Buffer | undefined
    let refused: string | undefined
    let problem: Error | undefined
    let opening: NodeJS.Timeout | undefined
    let heardAt = performance.now()
    const heard = (): void => {
      heardAt = performance.now()
    }
    const end = (error: Error): void => {
      clearInterval(watching)
      clearTimeout(opening)
      onEnd()
      client.destroy()
      reject(refused === undefined ? error : new InvalidRequest({ message: refused }))
      for (const { fail } of [...pending]) fail(error)
      pending.clear()
    }
    /** A host that is well may have a disk that is not: calls that nobody answers are given up. */
    const watching = setInterval(() => {
      const isWaiting = pending.size > 0 && ![...pending].some(({ isPatient }) => isPatient)
      if (!isWaiting) heard()
      else if (performance.now() - heardAt > idleMillis) {
        end(new Error(`nothing was answered for ${options.idleTimeout} s`))
      }
    }, idleMillis / 4).unref()
    SshThrift.apply(client)
    client.on("error", (error) => {
      problem = error
      end(error)
    })
    client.on("close", () => end(problem ?? new Error("the server has closed it")))
    client.on("ready", () => {
      client.setNoDelay(true)
      opening = setTimeout(() => end(new Error("the server opens no channel for files")), connectMillis).unref()
      client.sftp((error, sftp) => {
        clearTimeout(opening)
        if (error !== undefined || hostKey === undefined) return end(error ?? new Error("the server showed no key"))
        resolve({ client, sftp, hostKey, pending, heard })
      })
    })
    client.connect({
      host: options.host,
      port: options.port,
      username: userOf(options),
      authHandler: SignIn.methods(options),
      readyTimeout: Math.round(connectMillis),
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
const runOn = <A>({ heard, pending, sftp }: Channel, call: Call<A>, isPatient = false): Promise<A> =>
  new Promise((resolve, reject) => {
    const one: Pending = {
      isPatient,
      fail: (error) => {
        pending.delete(one)
        reject(error)
      }
    }
    if (pending.size === 0) heard()
    pending.add(one)
    try {
      call(sftp, (error, value) => {
        heard()
        if (error) return one.fail(error)
        pending.delete(one)
        resolve(value)
      })
    } catch (error) {
      one.fail(error as Error)
    }
  })

/** An answer of another kind comes as whatever it holds. */
const isListing = (found: unknown): boolean =>
  Array.isArray(found) && found.every((one) => typeof one?.filename === "string" && typeof one.attrs === "object")
const noListing = new UnexpectedResponse({ message: "the answer is no listing of a folder" })

/** In milliseconds: how long a server may take to say goodbye. */
const farewell = 2000

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
      void current
        ?.then(({ client }) => {
          client.end()
          setTimeout(() => client.destroy(), farewell).unref()
        })
        .catch(() => {})
    })
  )
  const attempt = <A>(site: Site, run: () => Promise<A>) =>
    Effect.tryPromise({ try: run, catch: (error) => toStorageError(site, error) })

  /** What is asked of an open file is not among them: each of its pieces would be one. */
  const request = <A>({ operation, path }: Site, asked: Effect.Effect<A, StorageError>) =>
    traced(asked, "request", () => ({ operation, path }))

  const call: SftpConnection["call"] = (site, made) =>
    request(
      site,
      attempt(site, async () => runOn(await channel(), made))
    )
  const onChannel =
    (isPatient: boolean): SftpConnection["on"] =>
    ({ sftp }, site, made) =>
      attempt(site, async () => {
        const known = channels.get(sftp)
        if (known === undefined) throw new Error("it broke while the file was open")
        return runOn(known, made, isPatient)
      })
  const on = onChannel(false)
  const opened = (site: Site, path: string, flags: Flags) =>
    request(
      site,
      attempt(site, async (): Promise<Handle> => {
        const used = await channel()
        const handle = await runOn<Buffer>(used, (sftp, done) => sftp.open(path, flags, done))
        return { sftp: used.sftp, handle }
      })
    )
  const close = (file: Handle, site: Site) =>
    Effect.ignore(on<void>(file, site, (sftp, done) => sftp.close(file.handle, (error) => done(error, undefined))))

  const readdir: SftpConnection["readdir"] = (site, path) => {
    const opened = attempt(site, async (): Promise<Handle> => {
      const used = await channel()
      return { sftp: used.sftp, handle: await runOn<Buffer>(used, (sftp, done) => sftp.opendir(path, done)) }
    })
    const next = (folder: Handle) =>
      on<ReadonlyArray<FileEntryWithStats> | undefined>(folder, site, (sftp, done) =>
        sftp.readdir(folder.handle, (error, found) =>
          error && statusOf(error) === status.endOfFile
            ? done(undefined, undefined)
            : done(error ?? (isListing(found) ? undefined : noListing), found)
        )
      )
    const all = Effect.fnUntraced(function* (folder: Handle) {
      const names: Array<Listed> = []
      let [memory, empty] = [0, 0]
      for (;;) {
        const found = yield* next(folder)
        if (found === undefined) return names
        empty = found.length === 0 ? empty + 1 : 0
        for (const { attrs, filename } of found) {
          const { mode, mtime, size } = attrs
          names.push({ filename, attrs: { mode, mtime, size } })
          memory += filename.length + aroundName
        }
        if (memory > mostOfFolder || empty > mostEmpty) return yield* Effect.fail(toStorageError(site, endless()))
      }
    })
    return request(
      site,
      Effect.acquireUseRelease(opened, all, (folder) => close(folder, site))
    )
  }

  const site = { provider, operation: "open", path: "" }
  const first = yield* request(site, attempt(site, channel))
  const { extensions, limits } = knownOf(first.sftp)
  return {
    hostId: fingerprint(first.hostKey),
    extensions,
    limits,
    call,
    readdir,
    on,
    onPatiently: onChannel(true),
    open: (where, path, flags) => Effect.acquireRelease(opened(where, path, flags), (file) => close(file, where)),
    withFile: (where, path, flags, use) =>
      Effect.acquireUseRelease(opened(where, path, flags), use, (file) => close(file, where))
  }
})
