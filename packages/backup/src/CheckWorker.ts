/** The thread that verifies packs. `CheckData.ts` starts it. */
import type { BlobTable } from "./BlobTable.ts"
import { type Keys, makeBox } from "./Crypto.ts"
import { makeOpenBlob } from "./openBlob.ts"
import { serve } from "./ServingThread.ts"
import { reply } from "./ThreadLine.ts"
import { type PackVerdict, verifyPack } from "./verifyPack.ts"

export interface CheckRequest {
  readonly id: string
  /** The whole pack. Its buffer is moved here, and back with the answer. */
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly indexed: BlobTable | undefined
}

export interface CheckAnswer extends PackVerdict {
  readonly buffer: ArrayBuffer
}

serve((keys: Keys) => {
  const box = makeBox(keys)
  const openBlob = makeOpenBlob(box)
  return ({ bytes, id, indexed }: CheckRequest) => {
    const verdict = verifyPack(box, openBlob, id, bytes, indexed)
    return reply<CheckAnswer>({ ...verdict, buffer: bytes.buffer }, [bytes.buffer])
  }
})
