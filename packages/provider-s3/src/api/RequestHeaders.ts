/** Fields of commands, as the library names them, in the headers that they are sent as. */

const names = {
  CacheControl: "cache-control",
  ContentDisposition: "content-disposition",
  ContentEncoding: "content-encoding",
  ContentLanguage: "content-language",
  ContentType: "content-type",
  IfMatch: "if-match",
  IfNoneMatch: "if-none-match",
  Range: "range",
  RequestPayer: "x-amz-request-payer",
  ServerSideEncryption: "x-amz-server-side-encryption",
  SSECustomerAlgorithm: "x-amz-server-side-encryption-customer-algorithm",
  SSECustomerKey: "x-amz-server-side-encryption-customer-key",
  SSECustomerKeyMD5: "x-amz-server-side-encryption-customer-key-md5",
  SSEKMSKeyId: "x-amz-server-side-encryption-aws-kms-key-id",
  StorageClass: "x-amz-storage-class"
} as const

export type Fields = { readonly [Name in keyof typeof names]?: string | undefined } & {
  readonly Expires?: Date | undefined
  readonly Metadata?: Readonly<Record<string, string>> | undefined
}

export const headersOf = ({ Expires, Metadata = {}, ...fields }: Fields): Readonly<Record<string, string>> => {
  const headers: Record<string, string> = {}
  for (const [field, value] of Object.entries(fields)) {
    if (value !== undefined) headers[names[field as keyof typeof names]] = value
  }
  if (Expires !== undefined) headers.expires = Expires.toUTCString()
  for (const [name, value] of Object.entries(Metadata)) headers[`x-amz-meta-${name}`] = value
  return headers
}
