/** The names of a bucket, in as few calls as B2 allows. */
import * as http from "node:http"

const agent = new http.Agent({ keepAlive: true })

const ask = <A>(url: URL, headers: Readonly<Record<string, string>>, body?: unknown): Promise<A> =>
  new Promise((resolve, reject) => {
    const request = http.request(url, { agent, headers, method: body === undefined ? "GET" : "POST" }, (response) => {
      const parts: Array<Buffer> = []
      response.on("data", (part: Buffer) => parts.push(part)).on("error", reject)
      response.on("end", () => {
        const text = Buffer.concat(parts).toString("utf8")
        if (response.statusCode === 200) resolve(JSON.parse(text))
        else reject(new Error(`${url.pathname}: ${response.statusCode} ${text}`))
      })
    })
    request.on("error", reject)
    request.end(body === undefined ? undefined : JSON.stringify(body))
  })

interface Account {
  readonly accountId: string
  readonly authorizationToken: string
  readonly apiInfo: { readonly storageApi: { readonly apiUrl: string } }
}

interface Page {
  readonly files: ReadonlyArray<unknown>
  readonly nextFileName: string | null
}

const namesPerPage = 10_000

/** How many names there are. The emulator and its key come from the environment. */
export const list = async (bucketName: string): Promise<number> => {
  const setting = (name: string) => process.env[name] ?? ""
  const basic = Buffer.from(`${setting("B2_APPLICATION_KEY_ID")}:${setting("B2_APPLICATION_KEY")}`).toString("base64")
  const account = await ask<Account>(new URL("/b2api/v4/b2_authorize_account", setting("B2_ENDPOINT")), {
    authorization: `Basic ${basic}`
  })
  const call = <A>(name: string, body: unknown) =>
    ask<A>(
      new URL(`/b2api/v4/${name}`, account.apiInfo.storageApi.apiUrl),
      { authorization: account.authorizationToken },
      body
    )
  const { buckets } = await call<{ readonly buckets: ReadonlyArray<{ readonly bucketId: string }> }>(
    "b2_list_buckets",
    { accountId: account.accountId, bucketName }
  )
  const bucketId = buckets[0]?.bucketId
  let count = 0
  for (let startFileName: string | null | undefined; startFileName !== null; ) {
    const page: Page = await call("b2_list_file_names", {
      bucketId,
      maxFileCount: namesPerPage,
      ...(startFileName === undefined ? {} : { startFileName })
    })
    count += page.files.length
    startFileName = page.nextFileName
  }
  agent.destroy()
  return count
}
