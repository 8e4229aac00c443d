/** What `b2/x-auto` becomes, by the extension of the file name. */

const byExtension = new Map(
  Object.entries({
    "7z": "application/x-7z-compressed",
    css: "text/css",
    csv: "text/csv",
    gif: "image/gif",
    gz: "application/x-gzip",
    htm: "text/html",
    html: "text/html",
    jpeg: "image/jpeg",
    jpg: "image/jpeg",
    js: "text/javascript",
    json: "application/json",
    mov: "video/quicktime",
    mp3: "audio/mpeg",
    mp4: "video/mp4",
    pdf: "application/pdf",
    png: "image/png",
    svg: "image/svg+xml",
    tar: "application/x-tar",
    txt: "text/plain",
    wav: "audio/x-wav",
    webp: "image/webp",
    xml: "text/xml",
    zip: "application/zip"
  })
)

export const resolveContentType = (contentType: string, fileName: string): string => {
  if (contentType !== "b2/x-auto") return contentType
  const extension = fileName.slice(fileName.lastIndexOf(".") + 1).toLowerCase()
  return byExtension.get(extension) ?? "application/octet-stream"
}
