import * as fs from "node:fs"
import * as path from "node:path"
import { expect, test } from "vitest"
import { jsonLines, password, withRepository } from "./RepositoryCli.ts"

const withProfile = async (text: string) => {
  const made = await withRepository()
  fs.mkdirSync(path.dirname(made.cli.configuration), { recursive: true })
  fs.writeFileSync(made.cli.configuration, text.replaceAll("@/", `${made.cli.folder}/`), { mode: 0o600 })
  return made
}

const home = `
[repositories.nas]
location = "@/repository"
password = "${password}"

[profiles.home]
repo = "nas"
host = "laptop"
keep-daily = 3

[profiles.home.backup]
path = ["@/from"]
tag = "daily"
exclude = ["*.tmp"]
exclude-caches = true
force = false

[profiles.home.forget]
keep-last = 1

[profiles.home."schedule add"]
cron = "30 2 * * *"

[profiles.typo.backup]
exclud = "x"

[profiles.everywhere]
hots = "laptop"

[profiles.command.bakup]
tag = "x"

[profiles.elsewhere]
path = ["@/from"]

[profiles.elsewhere."repo check"]
read-dat = true
`

test("a profile gives a command its words; what is typed comes before it, and lists hold both", async () => {
  const { cli } = await withProfile(home)
  cli.write("from/a", "a")
  cli.write("from/b.tmp", "b")
  cli.write("from/c.bak", "c")
  const words = ["backup", "--profile", "home", "--exclude=*.bak", "-H", "desk", "--json"]
  expect(await cli.run(...words)).toMatchObject({ code: 0, error: "" })
  const [snapshot] = JSON.parse((await cli.run("snapshots", "--json", "--repo", "@/repository")).out)
  expect(snapshot).toMatchObject({ hostname: "desk", tags: ["daily"], paths: [`${cli.folder}/from`] })
  expect(snapshot.excludes).toEqual(["*.tmp", "*.bak"])
  const listed = jsonLines((await cli.run("snapshot", "ls", "latest", "--json")).out)
  expect(listed.filter(({ type }) => type === "file").map(({ name }) => name)).toEqual(["a"])
  // Of another host, so that the profile's own filter leaves it alone.
  expect((await cli.run("forget", "--profile=home")).code).toBe(0)
  expect((await cli.run("snapshots", "--profile", "home")).out).not.toContain("desk")
})

test("a schedule takes its time from a profile, and the command behind it its words", async () => {
  const { cli } = await withProfile(home)
  const words = ["schedule", "add", "nightly", "--profile", "home", "--json", "--", "backup", "--profile", "home"]
  const added = await cli.run(...words)
  expect(added).toMatchObject({ code: 0, error: "" })
  expect(jsonLines(added.out)[0]).toMatchObject({
    cron: "30 2 * * *",
    request: { repository: "nas", paths: [`${cli.folder}/from`], host: "laptop", tag: ["daily"] }
  })
})

test("what is wrong with a profile is said", async () => {
  const { cli } = await withProfile(home)
  const failures = [
    ["hom", 'no profile is called "hom"; did you mean "home"?'],
    ["typo", 'profiles.typo.backup.exclud: backup has no "exclud"; did you mean "exclude"?'],
    ["everywhere", 'profiles.everywhere.hots: no command has a "hots"; did you mean "host"?'],
    ["command", 'profiles.command.bakup: profiles are for no command "bakup"; did you mean "backup"?'],
    ["elsewhere", 'profiles.elsewhere."repo check".read-dat: repo check has no "read-dat"; did you mean "read-data"?']
  ] as const
  for (const [name, message] of failures) {
    const ran = await cli.run("backup", "--profile", name)
    expect([ran.code, ran.error]).toEqual([2, expect.stringContaining(message)])
  }
  fs.writeFileSync(cli.configuration, "[profiles.home]\nrepo = [true]\n")
  expect((await cli.run("backup", "--profile", "home")).error).toContain("can not have this as its repo")
})
