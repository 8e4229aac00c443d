/** How a request names the object that is copied. */

const encode = (text: string): string =>
  encodeURIComponent(text)
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%2F", "/")

export const copySource = (bucket: string, key: string, versionId: string | undefined): string => {
  const version = versionId === undefined ? "" : `?versionId=${encodeURIComponent(versionId)}`
  return `${bucket}/${encode(key)}${version}`
}
