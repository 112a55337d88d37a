import { describe, expect, it } from "vitest";
import { eventFaults, foreignFaults, ownFaults } from "./event-faults.ts";

const event = {
  workflowType: "epbpolicy:update",
  eventType: "epbpolicy:updated",
  operationStatus: "success" as const,
  targetType: "ebpPolicy",
  target: "Servers",
};

describe("an event of another product", () => {
  it("fits with what it has to have, and with keys of its own", () => {
    expect(eventFaults(event)).toEqual([]);
    expect(eventFaults({ ...event, customValues: { modifiedFields: ["a"], theirs: { x: [1] } } })).toEqual(
      [],
    );
    expect(eventFaults({ ...event, category: "Policy Management", operationStatus: "warning" })).toEqual([]);
  });

  it.each([
    ["workflowType", { workflowType: "policy:update" }, "policy:update is not in the catalogue"],
    [
      "eventType",
      { eventType: "epbpolicy:deleted" },
      "must be one of epbpolicy:updating, epbpolicy:updated, epbpolicy:update-failed",
    ],
    ["operationStatus", { operationStatus: "failure" }, "of epbpolicy:updated must be success or warning"],
    ["operationStatus", { operationStatus: "inProgress" }, "of epbpolicy:updated must be success or warning"],
    ["category", { category: "Exports" }, "of epbpolicy:update is Policy Management"],
    ["targetType", { targetType: "epbPolicy" }, "of epbpolicy:update is ebpPolicy"],
    ["customValues", { customValues: ["x"] }, "must be an object"],
    ["customValues", { customValues: "x" }, "must be an object"],
    ["customValues.modifiedFields", { customValues: { modifiedFields: "a" } }, "must be a list of texts"],
    ["customValues.modifiedFields.1", { customValues: { modifiedFields: ["a", 1] } }, "must be a text"],
  ] as const)("is refused by %s: %j", (field, change, reason) => {
    expect(eventFaults({ ...event, ...change } as typeof event)).toEqual([{ field, reason }]);
  });

  it.each([
    ["epbpolicy:updating", "success", "inProgress"],
    ["epbpolicy:update-failed", "warning", "failure"],
  ] as const)("has the status of its step: %s", (eventType, wrong, right) => {
    expect(eventFaults({ ...event, eventType, operationStatus: wrong })).toEqual([
      { field: "operationStatus", reason: `of ${eventType} must be ${right}` },
    ]);
    expect(eventFaults({ ...event, eventType, operationStatus: right })).toEqual([]);
  });

  it("does not speak as Daybook", () => {
    expect(foreignFaults(event)).toEqual([]);
    expect(foreignFaults({ workflowType: "user:creation" })).toEqual([
      {
        field: "workflowType",
        reason: "user:creation is of Daybook's own, which no other product may use",
      },
    ]);
  });
});

describe("an event of Daybook's own", () => {
  const login = {
    workflowType: "user:login",
    eventType: "user:logged-in",
    operationStatus: "success" as const,
    target: "ann@example.org",
  };
  const custom = {
    username: "ann@example.org",
    sourceIpAddress: "192.0.2.1",
    authenticationMethod: "password",
    loginStatus: "success",
  };

  it("holds all that is captured by its step", () => {
    expect(ownFaults({ ...login, customValues: { ...custom, sessionId: "s" } }, "done")).toEqual([]);
    expect(
      ownFaults({ ...login, customValues: { ...custom, loginStatus: "attempting" } }, "attempting"),
    ).toEqual([]);
  });

  it("is missed a field by name, and a word of its status", () => {
    const { username: _, ...rest } = custom;
    expect(ownFaults({ ...login, customValues: rest }, "done").map(({ field }) => field)).toEqual([
      "customValues.username",
      "customValues.sessionId",
    ]);
    const wrong = { ...custom, sessionId: "s", loginStatus: "done" };
    expect(ownFaults({ ...login, customValues: wrong }, "done").map(({ field }) => field)).toEqual([
      "customValues.loginStatus",
    ]);
  });

  it("has states once the change is made", () => {
    const update = { ...login, workflowType: "scope:update", eventType: "scope:updated", target: "ops" };
    expect(ownFaults(update, "attempting")).toEqual([]);
    expect(ownFaults(update, "done").map(({ field }) => field)).toEqual(["originalState", "updatedState"]);
    expect(ownFaults({ ...update, originalState: {}, updatedState: {} }, "done")).toEqual([]);
  });
});
