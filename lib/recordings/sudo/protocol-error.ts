/** What a client of sudo's log protocol did wrong; the message is sent to it and says the field and the reason. */
export class SudoProtocolError extends Error {}
