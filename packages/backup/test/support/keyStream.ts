/** Bytes that do not compress, quickly made and the same in every run: another stream for each name. */
import { createCipheriv, hash } from "node:crypto"

export const bytes = (name: string, size: number): Buffer =>
  createCipheriv("aes-256-ctr", hash("sha256", name, "buffer"), Buffer.alloc(16)).update(Buffer.alloc(size))
