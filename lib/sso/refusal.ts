/** Why somebody came back from a provider and is not signed in, as far as strangers may know. */
export const refusals = {
  account: {
    title: "You cannot sign in this way",
    text: "Your identity provider knows you, but there is no Daybook account that you can use with it. Ask your administrator.",
  },
  provider: {
    title: "The identity provider did not sign you in",
    text: "It refused, or its answer could not be verified. Try again. If it stays like that, tell your administrator, who finds the reason in the audit log.",
  },
  expired: {
    title: "That took too long",
    text: "This sign-in was begun more than a quarter of an hour ago, in another browser, or was finished already. Begin again.",
  },
} as const;

export type RefusalReason = keyof typeof refusals;

export function isRefusal(text: unknown): text is RefusalReason {
  return typeof text === "string" && Object.hasOwn(refusals, text);
}
