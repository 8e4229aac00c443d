/** A server in this process that lets everybody in and answers calls for files as it is told to. */
import { generateKeyPairSync } from "node:crypto"
import type { AddressInfo } from "node:net"
import ssh2, { type Attributes, type FileEntry, type SFTPWrapper } from "ssh2"

export interface Asked {
  readonly id: number
  readonly sftp: SFTPWrapper
}

export interface Answers {
  /** Each time that a folder is read on; nothing is answered where nothing is called. */
  readonly readdir?: (asked: Asked, count: number) => void
  readonly stat?: (asked: Asked, path: string) => void
  readonly read?: (asked: Asked, offset: number, length: number) => void
}

export interface HostileServer {
  readonly port: number
  readonly stop: () => Promise<void>
}

export const folder: Attributes = { mode: 0o40755, uid: 0, gid: 0, size: 0, atime: 1, mtime: 1 }
export const file = (size: number): Attributes => ({ ...folder, mode: 0o100644, size })
export const entry = (filename: string, attrs: Partial<Attributes> = file(5)): FileEntry => ({
  filename,
  longname: filename,
  attrs: attrs as Attributes
})

const { STATUS_CODE } = ssh2.utils.sftp

export const start = (answers: Answers): Promise<HostileServer> =>
  new Promise((resolve) => {
    const { privateKey } = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs1", format: "pem" }
    })
    const sockets = new Set<{ end: () => void }>()
    const server = new ssh2.Server({ hostKeys: [privateKey] }, (client) => {
      sockets.add(client)
      client.on("error", () => {})
      client.on("authentication", (context) => context.accept())
      client.on("ready", () =>
        client.on("session", (accept) =>
          accept().on("sftp", (acceptFiles) => {
            const sftp = acceptFiles()
            let reads = 0
            const look = (id: number, path: string) =>
              answers.stat === undefined ? sftp.attrs(id, folder) : answers.stat({ id, sftp }, path)
            sftp.on("REALPATH", (id, path) => sftp.name(id, [entry(path === "." ? "/home" : path)]))
            sftp.on("STAT", look)
            sftp.on("LSTAT", look)
            sftp.on("FSTAT", (id) => look(id, ""))
            sftp.on("OPENDIR", (id) => sftp.handle(id, Buffer.from("d")))
            sftp.on("OPEN", (id) => sftp.handle(id, Buffer.from("f")))
            sftp.on("READDIR", (id) => answers.readdir?.({ id, sftp }, ++reads))
            sftp.on("READ", (id, _, offset, length) => answers.read?.({ id, sftp }, offset, length))
            sftp.on("CLOSE", (id) => sftp.status(id, STATUS_CODE.OK))
            sftp.on("REMOVE", (id) => sftp.status(id, STATUS_CODE.OK))
          })
        )
      )
    })
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo
      resolve({
        port,
        stop: () =>
          new Promise((done) => {
            for (const socket of sockets) socket.end()
            server.close(() => done())
          })
      })
    })
  })

/** Ends a folder. */
export const end = ({ id, sftp }: Asked): void => sftp.status(id, STATUS_CODE.EOF)
