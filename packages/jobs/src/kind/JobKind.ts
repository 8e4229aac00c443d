/**
 * What can be asked for, as values.
 *
 * A job changes something or takes long: a request, events while it runs, a summary. A query is a request that
 * gives rows, and is never kept. Bytes are a request that gives bytes. None of them prompts, prints, ends the
 * process or reads its working directory and environment: a face does, and puts what it found into the request.
 */
import type { Tell } from "@ourclone/core/events/Tell"
import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import type { InvalidJob, JobError } from "./JobError.ts"
import type { Limits } from "./Limits.ts"
import type { Sharing } from "./Sharing.ts"
import type { Surroundings } from "./Surroundings.ts"

/** What a secret is for: `repository:home` or `remote:photos`, as the request names them. */
export type SecretName = string

/** What goes beside a request and is never kept with it. */
export interface Beside {
  readonly tell: Tell
  /** The secrets that `needs` names, as far as the face has them. */
  readonly secrets: ReadonlyMap<SecretName, Redacted.Redacted<string>>
  /** Bytes of the face's own, such as standard input. A run that takes them can not be repeated. */
  readonly input?: Stream.Stream<Uint8Array, Error> | undefined
  /** Where somebody may want to change the bandwidth while it runs. */
  readonly limits?: Limits | undefined
  /** Where others may do parts of it. */
  readonly sharing?: Sharing | undefined
}

export interface JobKind<Type extends string, Request, Summary> {
  /** Stable: the command, the row in a journal, the property in an API. */
  readonly type: Type
  /** Holds no secret; paths in it are absolute. */
  readonly request: Schema.Codec<Request, unknown>
  readonly summary: Schema.Codec<Summary, unknown>
  readonly needs: (request: Request) => ReadonlyArray<SecretName>
  /** Whether a run of it takes `Beside.input`: then nothing that is kept for later can be made of it. */
  readonly takesInput?: (request: Request) => boolean
  /** What makes no sense in the request, as far as its schema does not say it and nothing need be looked at; told before a run begins. */
  readonly refuse?: (request: Request) => InvalidJob | undefined
  /**
   * What is sure to go wrong, as far as a short look at this machine's own folders tells; for whoever asks for a run and is
   * there to say something else.
   */
  readonly foresee?: (request: Request) => Effect.Effect<InvalidJob | undefined>
  /** What `run` would do, as events; changes nothing and takes no lock. */
  readonly preview?: (request: Request, beside: Beside) => Effect.Effect<Summary, JobError, Surroundings | Scope.Scope>
  /**
   * Does it. Takes the locks that it needs itself. Interrupting it leaves a good state. A job whose items failed
   * alone ends with a summary that counts them; it fails only where nothing more can be done.
   */
  readonly run: (request: Request, beside: Beside) => Effect.Effect<Summary, JobError, Surroundings | Scope.Scope>
}

export interface QueryKind<Type extends string, Request, Row> {
  readonly type: Type
  readonly request: Schema.Codec<Request, unknown>
  readonly row: Schema.Codec<Row, unknown>
  readonly needs: (request: Request) => ReadonlyArray<SecretName>
  readonly refuse?: (request: Request) => InvalidJob | undefined
  readonly run: (request: Request, beside: Beside) => Stream.Stream<Row, JobError, Surroundings>
}

export interface BytesKind<Type extends string, Request> {
  readonly type: Type
  readonly request: Schema.Codec<Request, unknown>
  readonly needs: (request: Request) => ReadonlyArray<SecretName>
  readonly run: (request: Request, beside: Beside) => Stream.Stream<Uint8Array, JobError, Surroundings>
}
