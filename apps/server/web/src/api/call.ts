/** Requests to the service. Types come from its definitions; an answer that is none of success is a `ProblemError`. */
import type { Remedy } from "@ourclone/core/contract/Remedy"

export interface FieldIssue {
  readonly path: ReadonlyArray<string | number>
  readonly message: string
}

interface Problem {
  readonly title?: string
  readonly detail?: string
  readonly code?: string
  readonly remedy?: Remedy
  readonly errors?: ReadonlyArray<FieldIssue>
}

export class ProblemError extends Error {
  readonly status: number
  readonly code: string
  readonly remedy: Remedy | undefined
  readonly errors: ReadonlyArray<FieldIssue>

  constructor(status: number, problem: Problem) {
    super(problem.detail ?? problem.title ?? `the service answered ${status}`)
    this.status = status
    this.code = problem.code ?? ""
    this.remedy = problem.remedy
    this.errors = problem.errors ?? []
  }
}

/** The service could not be reached at all. */
export class Offline extends Error {
  constructor() {
    super("The service does not answer. Tasks go on if it runs; look whether it does.")
  }
}

type Query = Readonly<Record<string, string | number | boolean | ReadonlyArray<string> | undefined>>

export const base = "/api/v1"

/** The address of a call, for links too. */
export const addressOf = (path: string, query: Query = {}): string => {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined) parameters.append(name, String(one))
    }
  }
  return `${base}${path}${parameters.size === 0 ? "" : `?${parameters}`}`
}

interface CallOptions {
  readonly query?: Query
  readonly body?: unknown
  readonly signal?: AbortSignal | undefined
}

let onSignedOut: () => void = () => undefined

/** Who is told when the session has ended. */
export const whenSignedOut = (listener: () => void): void => {
  onSignedOut = listener
}

const problemOf = async (response: Response): Promise<ProblemError> => {
  const problem = await response.json().catch(() => ({}))
  return new ProblemError(response.status, typeof problem === "object" && problem !== null ? problem : {})
}

/** The answer itself, of an address as `addressOf` makes it. */
export const openAt = async (
  method: string,
  address: string,
  { body, signal }: Omit<CallOptions, "query"> = {}
): Promise<Response> => {
  const response = await fetch(address, {
    method,
    ...(signal === undefined ? {} : { signal }),
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } })
  }).catch((error: unknown) => {
    // Whoever asked has given up, or waited long enough.
    throw error instanceof DOMException ? error : new Offline()
  })
  if (response.ok) return response
  if (response.status === 401 && address !== addressOf("/session")) onSignedOut()
  throw await problemOf(response)
}

/** The answer itself, for what streams. */
export const open = (method: string, path: string, { query, ...options }: CallOptions = {}): Promise<Response> =>
  openAt(method, addressOf(path, query), options)

const call = async <Answer>(method: string, path: string, options?: CallOptions): Promise<Answer> => {
  const response = await open(method, path, options)
  return response.status === 204 ? (undefined as Answer) : ((await response.json()) as Answer)
}

export const get = <Answer>(path: string, query?: Query, signal?: AbortSignal): Promise<Answer> =>
  call("GET", path, { query: query ?? {}, signal })
export const post = <Answer>(path: string, body: unknown = {}, signal?: AbortSignal): Promise<Answer> =>
  call("POST", path, { body, signal })
/** Without a body: nothing is said but where. */
export const poke = <Answer>(path: string): Promise<Answer> => call("POST", path)
export const put = <Answer>(path: string, body: unknown): Promise<Answer> => call("PUT", path, { body })
export const patch = <Answer>(path: string, body: unknown): Promise<Answer> => call("PATCH", path, { body })
export const remove = (path: string): Promise<void> => call("DELETE", path)

/** What to show of anything that was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
