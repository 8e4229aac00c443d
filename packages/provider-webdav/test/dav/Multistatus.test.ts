import { makeReader, propfind, type Row } from "@ourclone/provider-webdav/dav/Multistatus"
import { expect, it } from "vitest"

const read = (text: string): Array<Row> => {
  const rows: Array<Row> = []
  const reader = makeReader((row) => rows.push(row))
  // As a connection may cut it.
  for (const character of text) reader.write(character)
  reader.end()
  return rows
}

const answer = `<?xml version="1.0"?>
<x:multistatus xmlns:x="DAV:" xmlns:o="http://owncloud.org/ns">
  <x:response><x:href>/d/</x:href><x:propstat><x:prop><x:resourcetype><x:collection/></x:resourcetype></x:prop><x:status>HTTP/1.1 200 OK</x:status></x:propstat></x:response>
  <response xmlns="DAV:"><href>/d/a%26b</href>
    <propstat><prop><getcontentlength>5</getcontentlength><o:checksums><o:checksum>SHA1:aa</o:checksum></o:checksums></prop><status>HTTP/1.1 200 OK</status></propstat>
    <propstat><prop><getetag/></prop><status>HTTP/1.1 404 Not Found</status></propstat>
  </response>
</x:multistatus>`

it("reads rows by what names mean, whatever their prefixes, in any pieces", () => {
  const [folder, file] = read(answer)
  expect([folder?.href, folder?.properties.get("{DAV:}resourcetype")]).toEqual(["/d/", "{DAV:}collection"])
  expect([file?.href, file?.properties.get("{DAV:}getcontentlength")]).toEqual(["/d/a%26b", "5"])
  expect(file?.properties.get("{http://owncloud.org/ns}checksums")).toContain("SHA1:aa")
  expect([...(file?.refused ?? [])]).toEqual([["{DAV:}getetag", 404]])
})

it("takes no other document, and none that is cut off, for an answer", () => {
  for (const text of [
    "",
    "<html><body>hello</body></html>",
    "it works",
    answer.slice(0, -20),
    '<multistatus xmlns="other"/>'
  ]) {
    expect(() => read(text), text).toThrow(/answer/)
  }
})

it("asks for properties by their names", () => {
  expect(propfind(["{DAV:}getetag", "{urn:a&b}c"])).toContain('<p1:c xmlns:p1="urn:a&amp;b"></p1:c>')
})
