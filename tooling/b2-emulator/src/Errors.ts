/** The error replies of B2: a status, a code that drives clients, and a text for people. */

export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly headers: readonly string[]

  /** `headers` is a flat list of names and values to add to the reply. */
  constructor(status: number, code: string, message = "", headers: readonly string[] = []) {
    super(message)
    this.status = status
    this.code = code
    this.headers = headers
  }

  get contentType(): string {
    return "application/json;charset=utf-8"
  }

  toText(): string {
    return JSON.stringify({ code: this.code, message: this.message, status: this.status })
  }
}

/** What a proxy on the way answers instead of B2: a page for people. */
export class ProxyError extends ApiError {
  constructor(status: number, title: string) {
    super(status, "", title)
  }

  override get contentType(): string {
    return "text/html"
  }

  override toText(): string {
    const title = `${this.status} ${this.message}`
    return (
      `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n` +
      "<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    )
  }
}

export const badRequest = (message: string) => new ApiError(400, "bad_request", message)
export const badJson = (message: string) => new ApiError(400, "bad_json", message)
export const badBucketId = (bucketId: string) => new ApiError(400, "bad_bucket_id", `Bucket ${bucketId} does not exist`)
export const invalidFileId = (fileId: string) => badRequest(`Invalid fileId: ${fileId}`)
export const fileNotPresent = (fileName: string) =>
  new ApiError(400, "file_not_present", `File not present: ${fileName}`)
export const notFound = (message = "") => new ApiError(404, "not_found", message)

/** A capability, bucket or name outside the key's reach: B2 says nothing more about it. */
export const unauthorized = (message = "") => new ApiError(401, "unauthorized", message)
export const badAuthToken = (message = "") => new ApiError(401, "bad_auth_token", message)
export const expiredAuthToken = (message = "Authorization token has expired") =>
  new ApiError(401, "expired_auth_token", message)
export const accessDenied = (status: 401 | 403, message = "") => new ApiError(status, "access_denied", message)
export const methodNotAllowed = (method: string) => new ApiError(405, "method_not_allowed", `${method} is not allowed`)
export const rangeNotSatisfiable = (size: number) =>
  new ApiError(416, "range_not_satisfiable", "The range cannot be satisfied", ["Content-Range", `bytes */${size}`])
export const serviceUnavailable = (message: string) => new ApiError(503, "service_unavailable", message)
