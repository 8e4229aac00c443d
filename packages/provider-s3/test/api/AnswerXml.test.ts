import { expect, it } from "vitest"
import { NoDocument, read } from "../../src/api/AnswerXml.ts"
import { listing } from "../../src/api/ListingXml.ts"

const elements = (xml: string): Array<string> => {
  const found: Array<string> = []
  read(
    xml,
    () => {},
    (path, text) => found.push(`${path.join("/")}=${text}`)
  )
  return found
}

it("elements are told with their texts, whatever else stands between", () => {
  expect(
    elements(
      `\uFEFF<?xml version="1.0"?>\n<!-- a > b --><A xmlns="x>y" z='"'>\n <B>1 &lt; 2 &amp;&#38; 3</B><C/><D ><![CDATA[<B>&amp;]]>!</D >\n</A>\n<!-- end -->`
    )
  ).toEqual(["A/B=1 < 2 && 3", "A/C=", "A/D=<B>&amp;!", "A=\n"])
})

it("characters that XML has no place for are taken as they are meant", () => {
  const name = "a\u0001\r\u2028\u{1f600}&b"
  expect(elements(`<A>a&#x1;&#13;\u2028&#x1F600;&b</A>`)).toEqual([`A=${name}`])
})

const broken: ReadonlyArray<readonly [why: string, xml: string]> = [
  ["nothing", ""],
  ["text alone", "it works"],
  ["a document that is cut off", "<A><B>b</B>"],
  ["a tag that is cut off", "<A><B"],
  ["a text that is cut off", "<A><![CDATA[b"],
  ["a comment that is cut off", "<A/><!-- b"],
  ["elements that end crosswise", "<A><B></A></B>"],
  ["two documents", "<A></A><B></B>"],
  ["text behind the document", "<A></A>b"],
  ["a document that says what its entities are", '<!DOCTYPE A [<!ENTITY b "b">]><A>&b;</A>'],
  ["elements in each other deeper than any answer has them", "<A>".repeat(100) + "</A>".repeat(100)],
  ["a character that there is none of", "<A>&#x110000;</A>"]
]
for (const [why, xml] of broken) {
  it(`is no document: ${why}`, () => {
    expect(() => elements(xml)).toThrow(NoDocument)
  })
}

it("a listing is told from other documents, and from one that is cut off", () => {
  const row = "<Contents><Key> a </Key><Size>5</Size><ETag>&quot;x&quot;</ETag><Owner><ID>o</ID></Owner></Contents>"
  const whole = `<ListBucketResult xmlns="s"><Name>b</Name><IsTruncated>false</IsTruncated>${row}<CommonPrefixes><Prefix>d/</Prefix></CommonPrefixes></ListBucketResult>`
  expect(listing(whole)).toEqual({
    Name: "b",
    IsTruncated: false,
    Contents: [{ Key: " a ", Size: 5, ETag: '"x"' }],
    CommonPrefixes: [{ Prefix: "d/" }]
  })
  expect(listing("<html><body>Sign in</body></html>")).toBeUndefined()
  expect(listing("<!DOCTYPE html><html></html>")).toBeUndefined()
  expect(listing("")).toBeUndefined()
  expect(() => listing(whole.slice(0, -1))).toThrow(NoDocument)
  expect(() => listing(`<ListBucketResult>${"<Contents/>".repeat(20_000)}</ListBucketResult>`)).toThrow(NoDocument)
})
