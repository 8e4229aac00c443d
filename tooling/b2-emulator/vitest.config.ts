import { vitestProject } from "../vitestProject.ts"

export default vitestProject("b2-emulator")
