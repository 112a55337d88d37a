import "server-only";
import type { Socket } from "node:net";

/** More waits in memory only while its reader takes what is there. */
const ROOM = 256 * 1024;

/**
 * What comes over a socket, to the last byte. Reading a socket as a stream would drop what waits in it as soon as
 * the other end breaks the connection off, and with it the last that was seen of a session.
 *
 * @throws the socket's error, after all that came before it
 */
export async function* chunksOf(socket: Socket): AsyncGenerator<Buffer> {
  const waiting: Buffer[] = [];
  let bytes = 0;
  let isOver = false;
  let failure: Error | undefined;
  let wake = () => {};
  const take = (chunk: Buffer) => {
    waiting.push(chunk);
    bytes += chunk.length;
    if (bytes > ROOM) socket.pause();
    wake();
  };
  const fail = (error: Error) => {
    failure = error;
  };
  const finish = () => {
    isOver = true;
    wake();
  };
  socket.on("data", take).on("error", fail).on("end", finish).on("close", finish);
  try {
    while (true) {
      const chunk = waiting.shift();
      if (chunk) {
        bytes -= chunk.length;
        if (bytes <= ROOM && socket.isPaused()) socket.resume();
        yield chunk;
      } else if (failure) throw failure;
      else if (isOver || socket.destroyed) return;
      else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    socket.off("data", take).off("error", fail).off("end", finish).off("close", finish);
  }
}
