import "server-only";
import SCIMMY from "scimmy";
import { Problem } from "@/lib/http/problem.ts";

/** The kinds of faults of RFC 7644, section 3.12, that Daybook names. */
type ScimType =
  | "uniqueness"
  | "tooMany"
  | "mutability"
  | "invalidFilter"
  | "invalidPath"
  | "invalidSyntax"
  | "invalidValue"
  | "noTarget";

/** A refusal whose text the provider's administrator reads. */
export function scimFault(status: number, detail: string, scimType?: ScimType): Error {
  return new SCIMMY.Types.Error(status, scimType ?? "", detail);
}

export function notThere(): Error {
  return scimFault(404, "There is no such resource for this provider.");
}

/**
 * Lets a handler's failures through to the answer. The library takes whatever is no fault of its own kind for a
 * resource that is not there, so what failed inside Daybook is kept beside and thrown again by the route.
 */
export class Failures {
  failure: unknown;

  async keep<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof SCIMMY.Types.Error) throw error;
      if (error instanceof Problem) throw scimFault(error.status, error.detail);
      this.failure = error;
      throw scimFault(500, "Daybook failed.");
    }
  }
}
