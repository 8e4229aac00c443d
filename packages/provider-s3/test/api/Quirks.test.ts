import { quirksOf, regionOf, vendorOf } from "@ourclone/provider-s3/api/Quirks"
import { expect, it } from "vitest"

it("an endpoint says whose service it is, and often the region", () => {
  const known = {
    "s3.us-west-004.backblazeb2.com": ["Backblaze", "us-west-004"],
    "abc.r2.cloudflarestorage.com": ["Cloudflare", "auto"],
    "s3.eu-central-1.wasabisys.com": ["Wasabi", "eu-central-1"],
    "s3.fr-par.scw.cloud": ["Scaleway", "fr-par"],
    "fsn1.your-objectstorage.com": ["Hetzner", "fsn1"],
    "nyc3.digitaloceanspaces.com": ["DigitalOcean", "nyc3"],
    "s3.gra.io.cloud.ovh.net": ["OVHcloud", "gra"],
    "nas.local": ["Other", undefined],
    "notwasabisys.com": ["Other", undefined]
  } as const
  for (const [host, expected] of Object.entries(known)) {
    const vendor = vendorOf(host)
    expect([vendor, regionOf(vendor, host)], host).toEqual(expected)
  }
  expect(vendorOf(undefined)).toBe("AWS")
})

it("names of buckets go behind the address of a service that is not known", () => {
  expect(quirksOf("Other").pathStyle).toBe(true)
  expect(quirksOf("AWS").pathStyle).toBe(false)
})
