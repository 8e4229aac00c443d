/** Pages of proxies and firewalls, which answer in place of the service and in no words of its own. */
import { type HttpReply, header } from "@ourclone/http/HttpMessage"

const longestQuote = 120

/** One line of what a page says, without characters that a terminal would obey. */
const quoted = (text: string): string => {
  const plain = text
    .replace(/&(?:nbsp|#160);/g, " ")
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, " ")
    .trim()
  return plain.length > longestQuote ? `${plain.slice(0, longestQuote)}…` : plain
}

const titleOf = (page: string): string => {
  const title = /<title[^>]*>([^<]*)/i.exec(page)?.[1] ?? ""
  return quoted(title) || quoted(page.replace(/<(script|style)[\s\S]*?(?:<\/\1>|$)/gi, " ").replace(/<[^>]*>?/g, " "))
}

const signature = /<hr>\s*(?:<\w+>)*\s*([^<]{1,60})/i

/** Who answered and what, for people; `undefined` for an empty body and for JSON, but where it sends elsewhere. */
export const describe = ({ body, headers, origin, status }: HttpReply): string | undefined => {
  if (status >= 300 && status < 400) {
    const where = quoted(header(headers, "location") ?? "")
    const to = where === "" ? "elsewhere" : `to ${where}`
    return `${origin} sends ${to} (${status}), where no key is sent: B2 does not do that; check the option endpoint, and what stands between`
  }
  const page = body.toString("utf8").trim()
  if (page === "") return undefined
  try {
    JSON.parse(page)
    return undefined
  } catch {
    const by = [header(headers, "server"), header(headers, "via"), signature.exec(page)?.[1]]
      .map((name) => quoted(name ?? ""))
      .filter((name, index, all) => name !== "" && all.indexOf(name) === index)
      .join(", ")
    const who = by === "" ? "" : ` by ${by}`
    return `${origin} answered ${status} with a page "${titleOf(page)}"${who}, which is none of B2's: a proxy or firewall may have answered in its place`
  }
}
