/** A small, seeded source of random numbers: the same seed gives the same records on every machine. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: string) {
    let hash = 0x811c9dc5;
    for (const character of seed) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
    this.#a = hash | 0;
    this.#b = Math.imul(hash, 0x9e3779b1) | 0;
    this.#c = Math.imul(hash, 0x85ebca6b) | 0;
    for (let warmUp = 0; warmUp < 12; warmUp++) this.#next();
  }

  /** sfc32. @returns 32 random bits as a signed number */
  #next(): number {
    const sum = (this.#a + this.#b + this.#counter++) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum;
  }

  /** From 0 to just below 1. */
  fraction(): number {
    return (this.#next() >>> 0) / 4_294_967_296;
  }

  /** A whole number from 0 to just below `bound`. */
  below(bound: number): number {
    return Math.floor(this.fraction() * bound);
  }

  /** A place from 0 to just below `bound`, the n-th as often as 1/n: few are popular, many are rare. */
  popular(bound: number): number {
    return Math.min(Math.floor((bound + 1) ** this.fraction()), bound) - 1;
  }

  /** Waiting times of independent events. */
  exponential(mean: number): number {
    return -Math.log(1 - this.fraction()) * mean;
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  /** One of a list, the first ones far more often. */
  pick<T>(list: readonly T[]): T {
    return at(list, this.popular(list.length));
  }

  /** One of a list, each as often. */
  any<T>(list: readonly T[]): T {
    return at(list, this.below(list.length));
  }

  /** So many lower-case hexadecimal digits. */
  hex(digits: number): string {
    let text = "";
    while (text.length < digits) {
      const bits = this.#next();
      text += (fourDigits[bits >>> 16] ?? "") + (fourDigits[bits & 0xffff] ?? "");
    }
    return text.length === digits ? text : text.slice(0, digits);
  }
}

const fourDigits = Array.from({ length: 65_536 }, (_, number) => number.toString(16).padStart(4, "0"));

/** An element of a list that has it. */
export function at<T>(list: readonly T[], place: number): T {
  const found = list[place];
  if (found === undefined) throw new RangeError(`no element ${place} among ${list.length}`);
  return found;
}
