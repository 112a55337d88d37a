/** What stands for the place of an address that is nobody's in public. */
export const privateNetwork = "private network";

/** The `placeSource` of such a place. */
export const byAddress = "address";

/** The name by which places of DB-IP's databases are told from others: its licence asks for a link. */
export const dbIp = "DB-IP";
