import "server-only";
import { operation, type Paths, pathParameter, schemaRef } from "../operation.ts";
import { answer, reason } from "./recording-parts.ts";

const own = { tag: "Signing in", permission: "sign-in:manage-own" } as const;
const others = { tag: "Signing in", permission: "users:manage" } as const;
const policy = { tag: "Signing in", permission: "sign-in-policy:manage" } as const;
const done = { description: "Done." };

/** Second factors, sessions of people, and what an organization asks of those who sign in. */
export function signInPaths(): Paths {
  return { ...ownPaths(), ...policyPaths(), ...othersPaths() };
}

function ownPaths(): Paths {
  return {
    "/api/v1/me/second-factor": {
      get: operation({
        ...own,
        id: "getSecondFactor",
        summary: "Whether one has a second factor, and needs one",
        answers: { 200: answer("How it is.", "SecondFactor") },
      }),
      post: operation({
        ...own,
        id: "beginSecondFactor",
        summary: "Makes a secret for one's app, for ten minutes; it counts once it is confirmed",
        body: schemaRef("Proof"),
        answers: { 201: answer("The secret.", "NewSecret") },
        errors: [409, 429],
      }),
      put: operation({
        ...own,
        id: "confirmSecondFactor",
        summary: "Takes the secret into use, by the session that asked for it and with a code of it",
        body: schemaRef("Code"),
        answers: { 200: answer("The recovery codes.", "RecoveryCodes") },
        errors: [409],
      }),
    },
    "/api/v1/me/second-factor/removal": {
      post: operation({
        ...own,
        id: "removeSecondFactor",
        summary: "Takes one's second factor and recovery codes away",
        body: schemaRef("Code"),
        answers: { 204: done },
        errors: [409, 429],
      }),
    },
    "/api/v1/me/recovery-codes": {
      post: operation({
        ...own,
        id: "renewRecoveryCodes",
        summary: "Gives one new recovery codes in place of all others",
        body: schemaRef("Proof"),
        answers: { 201: answer("The recovery codes.", "RecoveryCodes") },
        errors: [409, 429],
      }),
    },
    "/api/v1/me/sessions": {
      get: operation({
        ...own,
        id: "listOwnSessions",
        summary: "Where one is signed in, the session used last first",
        answers: { 200: answer("The sessions that are open.", "OwnSessions") },
      }),
      delete: operation({
        ...own,
        id: "endOtherSessions",
        summary: "Ends all of one's sessions but the one that asks",
        answers: { 200: answer("How many.", "EndedSessions") },
      }),
    },
    "/api/v1/me/sessions/{id}": {
      delete: operation({
        ...own,
        id: "endOwnSession",
        summary: "Ends one of one's other sessions",
        parameters: [pathParameter("id", "The id of the session.")],
        answers: { 204: done },
        errors: [404, 409],
      }),
    },
  };
}

function policyPaths(): Paths {
  return {
    "/api/v1/sign-in-policy": {
      get: operation({
        ...policy,
        id: "getSignInPolicy",
        summary: "Who needs a second factor, and how long sessions last",
        answers: { 200: answer("What is set.", "SignInPolicy") },
      }),
      put: operation({
        ...policy,
        id: "changeSignInPolicy",
        summary: "Sets who needs a second factor and how long sessions last, those that are open included",
        body: schemaRef("SignInPolicyChange"),
        answers: { 200: answer("What is set now.", "SignInPolicy") },
      }),
    },
  };
}

function othersPaths(): Paths {
  const parameters = [pathParameter("id", "The id of the user."), reason];
  return {
    "/api/v1/users/{id}/second-factor": {
      delete: operation({
        ...others,
        id: "resetSecondFactor",
        summary: "Takes the second factor of somebody who lost the phone away, and ends the sessions",
        parameters,
        answers: { 204: done },
        errors: [400, 404, 409],
      }),
    },
    "/api/v1/users/{id}/sessions": {
      delete: operation({
        ...others,
        id: "endSessionsOf",
        summary: "Ends every session of a person; what is open under them ends within a second",
        parameters,
        answers: { 200: answer("How many.", "EndedSessions") },
        errors: [400, 404],
      }),
    },
    "/api/v1/users/{id}/lock": {
      delete: operation({
        ...others,
        id: "unlockUser",
        summary: "Ends the lock that too many guesses brought about; an address stays locked",
        parameters,
        answers: { 204: done },
        errors: [400, 404, 409],
      }),
    },
  };
}
