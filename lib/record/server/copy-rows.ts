import "server-only";
import type { SqlType } from "../columns.ts";
import { JsonText } from "../json-text.ts";
import { storable } from "../text.ts";

/** `PGCOPY\n\377\r\n\0`, no flags, no header extension. */
const signature = Buffer.from("5047434f50590aff0d0a000000000000000000", "hex");
const trailer = Buffer.from([0xff, 0xff]);

/**
 * Rows in the binary format of `COPY … FROM STDIN`, which neither side has to escape or parse: raw records
 * go as they are, and ids and times as the numbers they are.
 * @see https://www.postgresql.org/docs/current/sql-copy.html, "Binary Format"
 */
export class CopyRows {
  #bytes: Buffer;
  #length: number;

  /** @param expected bytes of all rows, roughly; more is found when needed */
  constructor(expected: number) {
    this.#bytes = Buffer.allocUnsafe(expected + signature.length);
    this.#length = signature.copy(this.#bytes);
  }

  /** Begins a row; exactly so many values follow. */
  row(values: number): void {
    this.#reserve(2);
    this.#length = this.#bytes.writeInt16BE(values, this.#length);
  }

  /**
   * Adds a value, null where there is none.
   * @throws TypeError when it is not of the column's type
   */
  value(value: unknown, type: SqlType): void {
    if (value === undefined || value === null) {
      this.#reserve(4);
      this.#length = this.#bytes.writeInt32BE(-1, this.#length);
      return;
    }
    if (type === "json") this.#text(value instanceof JsonText ? value.text : JSON.stringify(value));
    else if (type === "bytea" && value instanceof Uint8Array) this.#raw(value);
    else if (typeof value === "string") this.#fromText(value, type);
    else if (typeof value === "number" && Number.isSafeInteger(value)) this.#integer(value, type);
    else throw new TypeError(`a ${typeof value} cannot stand in a column of ${type}`);
  }

  /** All rows, ended. */
  end(): Buffer {
    this.#reserve(trailer.length);
    this.#length += trailer.copy(this.#bytes, this.#length);
    return this.#bytes.subarray(0, this.#length);
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }

  #fromText(value: string, type: SqlType): void {
    if (type === "text") this.#text(storable(value));
    else if (type === "uuid") this.#uuid(value);
    else if (type === "timestamptz") this.#time(value);
    else throw new TypeError(`a string cannot stand in a column of ${type}`);
  }

  #text(value: string): void {
    // UTF-8 takes three bytes at most for each unit of UTF-16.
    this.#reserve(4 + value.length * 3);
    const written = this.#bytes.write(value, this.#length + 4, "utf8");
    this.#bytes.writeInt32BE(written, this.#length);
    this.#length += 4 + written;
  }

  #raw(value: Uint8Array): void {
    this.#reserve(4 + value.length);
    this.#length = this.#bytes.writeInt32BE(value.length, this.#length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  #integer(value: number, type: SqlType): void {
    const size = integerBytes[type];
    if (size === undefined) throw new TypeError(`a number cannot stand in a column of ${type}`);
    this.#reserve(4 + size);
    this.#length = this.#bytes.writeInt32BE(size, this.#length);
    if (size === 8) this.#eightBytes(value);
    else this.#length = this.#bytes.writeIntBE(value, this.#length, size);
  }

  #eightBytes(value: number): void {
    const high = Math.floor(value / 2 ** 32);
    this.#bytes.writeInt32BE(high, this.#length);
    this.#length = this.#bytes.writeUInt32BE(value - high * 2 ** 32, this.#length + 4);
  }

  #uuid(value: string): void {
    this.#reserve(20);
    this.#length = this.#bytes.writeInt32BE(16, this.#length);
    let valid = value.length === 36;
    for (const place of dashes) valid &&= value.charCodeAt(place) === 45;
    for (const place of uuidBytes) {
      const byte = (digit(value, place) << 4) | digit(value, place + 1);
      valid &&= byte >= 0;
      this.#bytes[this.#length++] = byte;
    }
    if (!valid) throw new TypeError(`${JSON.stringify(value)} is no UUID`);
  }

  #time(value: string): void {
    this.#reserve(12);
    this.#length = this.#bytes.writeInt32BE(8, this.#length);
    this.#eightBytes(microsSince2000(value));
  }
}

const integerBytes: { [type in SqlType]?: 2 | 4 | 8 } = { int2: 2, int4: 4, int8: 8 };
const dashes = [8, 13, 18, 23];
/** Where the digits of each byte begin. */
const uuidBytes = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];

/** @returns a hexadecimal digit's value, -1 for anything else */
function digit(text: string, place: number): number {
  const code = text.charCodeAt(place);
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

const epoch = Date.UTC(2000, 0, 1);
const form = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z$/;
let lastSecond = "";
let lastMicros = 0;

/** A UTC time with up to six decimals; rows of one batch share most of their seconds. */
function microsSince2000(time: string): number {
  if (!form.test(time)) throw new TypeError(`${JSON.stringify(time)} is no UTC time`);
  const second = time.slice(0, 19);
  if (second !== lastSecond) {
    const ms = Date.parse(`${second}Z`);
    if (Number.isNaN(ms)) throw new TypeError(`${JSON.stringify(time)} is no time of the calendar`);
    lastSecond = second;
    lastMicros = (ms - epoch) * 1000;
  }
  return lastMicros + Number(time.slice(20, -1).padEnd(6, "0"));
}
