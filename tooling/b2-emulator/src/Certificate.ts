/** A certificate for https on loopback, made anew by the machine's `openssl` and good for a month. */
import { execFileSync } from "node:child_process"

export interface Certificate {
  /** PEM. Signed by itself, so it is also the authority that a client has to trust. */
  readonly certificate: string
  /** PEM. */
  readonly key: string
}

const request =
  "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -keyout - -out - " +
  "-subj /CN=b2-emulator -addext subjectAltName=IP:127.0.0.1,DNS:localhost"

/** Throws an Error when there is no `openssl`. */
export const makeCertificate = (): Certificate => {
  let text: string
  try {
    text = execFileSync("openssl", request.split(" "), {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"]
    })
  } catch (failure) {
    throw new Error("https needs the program openssl to make a certificate with; install it", { cause: failure })
  }
  const at = text.indexOf("-----BEGIN CERTIFICATE-----")
  return { key: text.slice(0, at), certificate: text.slice(at) }
}
