import { commandLine } from "./command-lines.ts";
import type { Made, World } from "./made.ts";
import { Random } from "./random.ts";
import { instant } from "./schedule.ts";

/** Commands, most of them within a connection. */
export function* commands(world: World): Generator<Made<"commands">> {
  const { seed, organization, schedule, connections, rows } = world;
  const random = new Random(`${seed} commands`);
  let connection = connections.get(0);
  let left = 0;
  for (let row = 0; row < rows; row++) {
    const place = (row + random.fraction()) / rows;
    const micros = schedule.microsAt(Math.min(place, 0.999999));
    // People type several commands in a row.
    if (left-- <= 0) {
      connection = connections.get(connections.before(place, random));
      left = random.popular(30);
    }
    const rejected = random.chance(0.03);
    yield {
      micros,
      row: {
        time: instant(micros),
        user: connection.user,
        target: connection.target,
        targetUser: connection.targetUser,
        command: commandLine(random, organization, place, row, rows),
        space: connection.space,
        connectionRef: connection.ref,
        outcome: rejected ? "rejected" : "accepted",
        ...(rejected && {
          reason: random.pick(["not in the list of allowed commands", "needs an approval"]),
        }),
        ...(!rejected && random.chance(0.7) && { exitCode: random.pick([0, 0, 0, 1, 127, 130, 2]) }),
        origin: random.chance(0.1) ? "inferred" : "reported",
        clientAddress: connection.clientAddress,
        workingDirectory: `/home/${connection.targetUser}`,
      },
    };
  }
}
