import { assert, describe, it } from "@effect/vitest"
import { RequestBudget, type RequestKind } from "../src/RequestBudget.ts"

describe("RequestBudget", () => {
  it("lets so many begin at each server, the rest in the order they came, and forgets who gives up", () => {
    const budget = new RequestBudget(2)
    const begun: Array<string> = []
    const enter = (name: string, origin = "https://one") => budget.enter(origin, () => begun.push(name))
    const [a, b, c] = [enter("a"), enter("b"), enter("c")]
    enter("d")
    enter("other", "https://two")
    assert.deepStrictEqual(begun, ["a", "b", "other"])
    c()
    a()
    a()
    assert.deepStrictEqual(begun, ["a", "b", "other", "d"])
    enter("e")
    enter("f")
    budget.most = 3
    assert.deepStrictEqual(begun.slice(4), ["e"])
    budget.most = 1
    b()
    assert.deepStrictEqual(begun.slice(4), ["e"])
  })

  it("counts uploads, downloads and short requests as one, and lets begin what the others may wait for", () => {
    const budget = new RequestBudget(2)
    const begun: Array<string> = []
    const enter = (name: string, kind: RequestKind) => budget.enter("https://one", () => begun.push(name), kind)
    const first = enter("upload 1", "upload")
    enter("upload 2", "upload")
    enter("upload 3", "upload")
    const read = enter("download 1", "download")
    enter("download 2", "download")
    const asked = enter("short 1", "short")
    enter("short 2", "short")
    assert.deepStrictEqual(begun, ["upload 1", "upload 2", "download 1", "short 1"])
    asked()
    assert.deepStrictEqual(begun.slice(4), ["short 2"])
    read()
    assert.deepStrictEqual(begun.slice(5), ["download 2"])
    first()
    assert.deepStrictEqual(begun.slice(6), [])
    budget.most = 4
    assert.deepStrictEqual(begun.slice(6), ["upload 3"])
  })
})
