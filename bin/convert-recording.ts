import { convertFile } from "@/lib/recordings/convert.ts";

// Started by the server for each recording: what comes from outside is taken apart in a process of its own,
// whose memory and time are bounded, and whose end is nobody else's.
const [input = "", folder = ""] = process.argv.slice(2);
const outcome = await convertFile(input, folder);
process.send?.(outcome, () => process.disconnect());
