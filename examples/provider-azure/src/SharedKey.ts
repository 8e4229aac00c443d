/** The signature of a request by the key of the account, as "Authorize with Shared Key" in Azure's documentation says. */
import { createHmac } from "node:crypto"

/** Headers whose values are signed by their place. `date` stays empty: `x-ms-date` is signed. */
const signed = [
  ...["content-encoding", "content-language", "content-length", "content-md5", "content-type", "date"],
  ...["if-modified-since", "if-match", "if-none-match", "if-unmodified-since", "range"]
]

export const authorization = (
  account: string,
  key: string,
  method: string,
  url: URL,
  headers: Readonly<Record<string, string>>
): string => {
  const values = signed.map((name) => (headers[name] === "0" && name === "content-length" ? "" : (headers[name] ?? "")))
  const own = Object.keys(headers)
    .filter((name) => name.startsWith("x-ms-"))
    .sort()
    .map((name) => `${name}:${headers[name]}`)
  const query = [...url.searchParams].map(([name, value]) => `${name.toLowerCase()}:${value}`).sort()
  const text = [method, ...values, ...own, `/${account}${url.pathname}`, ...query].join("\n")
  return `SharedKey ${account}:${createHmac("sha256", Buffer.from(key, "base64")).update(text).digest("base64")}`
}
