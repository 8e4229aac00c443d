/** What worker threads send back. Errors keep their code, which structured cloning would drop. */

export type WorkerAnswer<A> =
  | { readonly isFailure: false; readonly value: A }
  | { readonly isFailure: true; readonly code: string; readonly message: string }

export const answer = <A>(run: () => A): WorkerAnswer<A> => {
  try {
    return { isFailure: false, value: run() }
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : ""
    return { isFailure: true, code, message: error instanceof Error ? error.message : String(error) }
  }
}

/** The error that was thrown in the thread. */
export const errorOf = ({ code, message }: { readonly code: string; readonly message: string }): Error =>
  Object.assign(new Error(message), { code })
