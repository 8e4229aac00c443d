/** Bytes from which a new pack is finished unless somebody asks for another size: restic's default. */
export const defaultPackSize = 16 * 1024 * 1024
