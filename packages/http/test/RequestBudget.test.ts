import { assert, describe, it } from "@effect/vitest"
import { RequestBudget } from "../src/RequestBudget.ts"

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
})
