/** A password as configurations of rclone hold it; by rclone. */
import { spawnSync } from "node:child_process"
import { find } from "@ourclone/core/testing/Programs"

export const obscured = (password: string): string => {
  const { stdout } = spawnSync(find("rclone") ?? "rclone", ["obscure", password], { encoding: "utf8" })
  return (stdout ?? "").trim()
}
