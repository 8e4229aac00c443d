/** What the header `X-Bz-Test-Mode` asks for, apart from tokens that expire early (see Authorize.ts). */
import { ApiError, serviceUnavailable } from "./Errors.ts"
import type { Exchange } from "./Exchange.ts"

const failEvery = 3

/** The calls that a cap stops: everything that adds data. */
const capped = new Set([
  "b2_get_upload_url",
  "b2_get_upload_part_url",
  "b2_upload_file",
  "b2_upload_part",
  "b2_start_large_file",
  "b2_finish_large_file",
  "b2_copy_file",
  "b2_copy_part"
])

/** One per emulator: `fail_some_uploads` fails every third upload. */
export class TestMode {
  #uploads = 0

  failureOf(exchange: Exchange): ApiError | undefined {
    const mode = exchange.header("x-bz-test-mode")
    if (mode === undefined) return undefined
    const { operation } = exchange
    if (mode === "force_cap_exceeded" && capped.has(operation)) {
      return new ApiError(403, "cap_exceeded", "The storage cap is exceeded (test mode)")
    }
    const isUpload = operation === "b2_upload_file" || operation === "b2_upload_part"
    if (mode === "fail_some_uploads" && isUpload && ++this.#uploads % failEvery === 0) {
      return serviceUnavailable("No room on this pod (test mode)")
    }
    return undefined
  }
}
