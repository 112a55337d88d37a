import type { RecordingFormat } from "@/lib/recordings/define.ts";
import { asciicastV1 } from "@/lib/recordings/formats/asciicast-v1.ts";
import { asciicastV2 } from "@/lib/recordings/formats/asciicast-v2.ts";
import { asciicastV3 } from "@/lib/recordings/formats/asciicast-v3.ts";
import { script } from "@/lib/recordings/formats/script.ts";
import { sudoIolog } from "@/lib/recordings/formats/sudo-iolog.ts";
import { tlog } from "@/lib/recordings/formats/tlog.ts";
import { ttyrec } from "@/lib/recordings/formats/ttyrec.ts";

/** Every format that a recording may come in, in the order in which contents are asked: ttyrec's are the least telling. */
export const recordingFormats: readonly RecordingFormat[] = [
  asciicastV1,
  asciicastV2,
  asciicastV3,
  sudoIolog,
  tlog,
  script,
  ttyrec,
];
