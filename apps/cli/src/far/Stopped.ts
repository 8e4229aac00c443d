/** What a service could not do, as the command line ends with it. */
import type { ServiceFailed } from "@ourclone/client/Service"
import { CommandStopped, ofCode, tryLater, wrongUsage } from "../ExitCode.ts"
import { told } from "../words/remedies.ts"

const codes: Readonly<Record<string, number>> = {
  InvalidAddress: wrongUsage,
  InvalidSchedule: wrongUsage,
  TokenUnreadable: wrongUsage,
  ServiceGone: tryLater
}

export const stopped = ({ failure }: ServiceFailed): CommandStopped => {
  const of = failure.code === "InvalidAddress" ? "--server: " : ""
  const code = Object.hasOwn(codes, failure.code) ? codes[failure.code]! : ofCode(failure.code)
  return new CommandStopped({ code, message: `${of}${told(failure)}` })
}
