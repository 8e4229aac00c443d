/** The error replies of the S3 side, and what the native side's errors are called there. */
import { ApiError, ProxyError } from "../Errors.ts"
import { element, xmlType } from "./Xml.ts"

export class S3Error extends ApiError {
  /** Elements of the reply beside code and message. */
  readonly details: Readonly<Record<string, string>>

  constructor(
    status: number,
    code: string,
    message: string,
    details: Readonly<Record<string, string>> = {},
    headers: readonly string[] = []
  ) {
    super(status, code, message, headers)
    this.details = details
  }

  override get contentType(): string {
    return xmlType
  }

  override toText(): string {
    const details = Object.entries(this.details).map(([name, text]) => element(name, text))
    const content = [element("Code", this.code), element("Message", this.message), ...details]
    return `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${content.join("")}</Error>`
  }
}

export const accessDenied = (message = "Access Denied.") => new S3Error(403, "AccessDenied", message)
export const noSuchKey = (key: string) =>
  new S3Error(404, "NoSuchKey", "The specified key does not exist.", { Key: key })
export const noSuchBucket = (name: string) =>
  new S3Error(404, "NoSuchBucket", "The specified bucket does not exist.", { BucketName: name })
export const noSuchUpload = (id: string) =>
  new S3Error(
    404,
    "NoSuchUpload",
    "The specified multipart upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
    { UploadId: id }
  )
export const invalidRequest = (message: string) => new S3Error(400, "InvalidRequest", message)
export const invalidArgument = (message: string, name?: string, value = "") =>
  new S3Error(400, "InvalidArgument", message, name === undefined ? {} : { ArgumentName: name, ArgumentValue: value })
export const malformedXml = () =>
  new S3Error(
    400,
    "MalformedXML",
    "The XML you provided was not well-formed or did not validate against our published schema."
  )
export const notImplemented = (what: string) =>
  new S3Error(501, "NotImplemented", "A header you provided implies functionality that is not implemented.", {
    Header: what
  })
export const preconditionFailed = (condition: string) =>
  new S3Error(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold.", {
    Condition: condition
  })

/** Native code → status and code of S3. */
const codes: Readonly<Record<string, readonly [number, string]>> = {
  unauthorized: [403, "AccessDenied"],
  access_denied: [403, "AccessDenied"],
  bad_request: [400, "InvalidRequest"],
  cannot_delete_non_empty_bucket: [409, "BucketNotEmpty"],
  duplicate_bucket_name: [409, "BucketAlreadyExists"],
  file_not_present: [404, "NoSuchVersion"],
  internal_error: [500, "InternalError"],
  invalid_bucket_name: [400, "InvalidBucketName"],
  invalid_lifecycle_rules: [400, "InvalidRequest"],
  not_found: [404, "NoSuchKey"],
  range_not_satisfiable: [416, "InvalidRange"],
  request_timeout: [400, "RequestTimeout"],
  service_unavailable: [503, "ServiceUnavailable"],
  storage_cap_exceeded: [403, "AccessDenied"],
  too_many_buckets: [400, "TooManyBuckets"],
  too_many_requests: [503, "SlowDown"]
}

/** Where S3 has words of its own. */
const messages: Readonly<Record<string, string>> = {
  BucketNotEmpty: "The bucket you tried to delete is not empty.",
  InvalidBucketName: "The specified bucket is not valid.",
  InvalidRange: "The requested range is not satisfiable"
}

/** What was thrown, as S3 says it. Anything that is no error of the API stays what it is. */
export const toS3Error = (failure: unknown): unknown => {
  if (!(failure instanceof ApiError) || failure instanceof S3Error || failure instanceof ProxyError) return failure
  const [status, code] = codes[failure.code] ?? [failure.status, "InvalidRequest"]
  return new S3Error(status, code, messages[code] ?? failure.message, {}, failure.headers)
}
