/** Writes a small mmdb (format 2.0, records of 24 bits), as https://maxmind.github.io/MaxMind-DB/ describes it. */
export function mmdb(
  entries: readonly { range: string; record: object }[],
  { databaseType = "city ipv4", buildEpoch = 1_780_000_000 } = {},
): Buffer {
  const parsed = entries.map(({ range, record }) => {
    const [address = "", length = "32"] = range.split("/");
    const bits = address
      .split(".")
      .map((byte) => Number(byte).toString(2).padStart(8, "0"))
      .join("");
    return { bits: bits.slice(0, Number(length)), record };
  });
  const data: Buffer[] = [];
  const offsets = parsed.map(({ record }) => {
    const offset = data.reduce((sum, { length }) => sum + length, 0);
    data.push(encode(record));
    return offset;
  });
  type Node = [left: number | undefined, right: number | undefined];
  const nodes: Node[] = [[undefined, undefined]];
  const leaves = new Map<string, number>();
  for (const [place, { bits }] of parsed.entries()) {
    let at = 0;
    for (const [depth, bit] of [...bits].entries()) {
      const side = Number(bit) as 0 | 1;
      if (depth === bits.length - 1) leaves.set(`${at} ${side}`, offsets[place] ?? 0);
      else {
        const node = nodes[at] ?? [undefined, undefined];
        node[side] ??= nodes.push([undefined, undefined]) - 1;
        at = node[side] ?? 0;
      }
    }
  }
  const tree = Buffer.concat(
    nodes.flatMap((node, at) =>
      ([0, 1] as const).map((side) => {
        const leaf = leaves.get(`${at} ${side}`);
        const value = leaf === undefined ? (node[side] ?? nodes.length) : nodes.length + 16 + leaf;
        const bytes = Buffer.alloc(3);
        bytes.writeUIntBE(value, 0, 3);
        return bytes;
      }),
    ),
  );
  const metadata = {
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: BigInt(buildEpoch),
    database_type: databaseType,
    description: {},
    ip_version: 4,
    languages: [],
    node_count: nodes.length,
    record_size: 24,
  };
  const marker = Buffer.concat([Buffer.from([0xab, 0xcd, 0xef]), Buffer.from("MaxMind.com")]);
  return Buffer.concat([tree, Buffer.alloc(16), ...data, marker, encode(metadata)]);
}

/** Types above 7 are written as type 0 with the rest in the next byte; sizes here stay below 285. */
function head(type: number, size: number): Buffer {
  const short = Math.min(size, 29);
  const bytes = type <= 7 ? [(type << 5) | short] : [short, type - 7];
  return Buffer.from(size >= 29 ? [...bytes, size - 29] : bytes);
}

function encode(value: unknown): Buffer {
  if (typeof value === "string")
    return Buffer.concat([head(2, Buffer.byteLength(value)), Buffer.from(value)]);
  if (typeof value === "number") {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return Buffer.concat([head(6, 4), bytes]);
  }
  if (typeof value === "bigint") {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(value);
    return Buffer.concat([head(9, 8), bytes]);
  }
  if (Array.isArray(value)) return Buffer.concat([head(11, value.length), ...value.map(encode)]);
  const pairs = Object.entries(value as object);
  return Buffer.concat([
    head(7, pairs.length),
    ...pairs.flatMap(([key, inner]) => [encode(key), encode(inner)]),
  ]);
}
