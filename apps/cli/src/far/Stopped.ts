/** What a service could not do, as the command line ends with it. */
import type { ServiceFailed } from "@ourclone/client/Service"
import { CommandStopped, failed, notFound, ofKnownCode, refused, tryLater, wrongUsage } from "../ExitCode.ts"
import { told } from "../words/remedies.ts"

/** Of what only a client says. */
const codes: Readonly<Record<string, number>> = {
  InvalidAddress: wrongUsage,
  TokenUnreadable: wrongUsage
}

/** Of what a service says of itself, or whoever stands before it: the same failure has no code here. */
const ofStatus: Readonly<Record<number, number>> = {
  400: wrongUsage,
  401: refused,
  403: refused,
  404: notFound,
  407: refused,
  421: wrongUsage
}

export const stopped = ({ failure, status = 0 }: ServiceFailed): CommandStopped => {
  const of = failure.code === "InvalidAddress" ? "--server: " : ""
  const own = Object.hasOwn(codes, failure.code) ? codes[failure.code] : ofKnownCode(failure.code)
  // What fails for good on this machine is only not there for now where a service says so.
  const code = (status === 503 ? tryLater : own) ?? ofStatus[status] ?? (failure.isRetryable ? tryLater : failed)
  return new CommandStopped({ code, message: `${of}${told(failure)}` })
}
