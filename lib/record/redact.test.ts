import { describe, expect, it } from "vitest";
import {
  redactionRules,
  redactKubernetesEvent,
  redactSudoEvent,
  redactUnreadable,
} from "@/lib/record/redact.ts";
import { processorMs } from "@/lib/test-time.ts";

/** A mask that names what it was given, in a form that no secret of these tests contains. */
const given: string[] = [];
function mask(secret: Uint8Array | string): string {
  given.push(typeof secret === "string" ? secret : new TextDecoder().decode(secret));
  return "[masked]";
}
const context = { settings: {}, mask };
const bytes = (text: string) => new TextEncoder().encode(text);

/** Redacts and gives back the text and what was masked. */
function kubernetes(text: string, settings: Record<string, string> = {}) {
  given.length = 0;
  const result = new TextDecoder().decode(redactKubernetesEvent(bytes(text), { settings, mask }));
  return { text: result, secrets: [...given] };
}

const event = (body: string, resource = "configmaps") =>
  `{"kind":"Event","objectRef":{"resource":"${resource}","name":"x"},"requestObject":${body}}`;

describe("bodies of Secrets", () => {
  it("loses every value under data and stringData and nothing else", () => {
    const input = event(
      '{"kind":"Secret" , "metadata":{"name":"s1","labels":{"a":"b"}},"data":{"password":"cGFzcw==", "n":1.50,\n"deep":{"x":["y"]},"gone":null},"stringData":{"k":"v\\u00e9\\n"},"type":"Opaque"}',
    );
    const { text, secrets } = kubernetes(input);
    expect(text).toBe(
      event(
        '{"kind":"Secret" , "metadata":{"name":"s1","labels":{"a":"b"}},"data":{"password":"[masked]", "n":"[masked]",\n"deep":"[masked]","gone":null},"stringData":{"k":"[masked]"},"type":"Opaque"}',
      ),
    );
    expect(secrets).toEqual(["cGFzcw==", "1.50", '{"x":["y"]}', "vé\n"]);
  });

  it("are told by the object's reference when the body does not name its kind", () => {
    expect(kubernetes(event('{"data":{"a":"b"}}')).secrets).toEqual([]);
    expect(kubernetes(event('{"data":{"a":"b"}}', "secrets")).secrets).toEqual(["b"]);
    expect(
      kubernetes('{"objectRef":{"resource":"secrets","resource":"pods"},"requestObject":{"data":{"a":"b"}}}')
        .secrets,
    ).toEqual(["b"]);
    expect(
      kubernetes('{"requestURI":"/api/v1/namespaces/d/secrets/s?x=1","requestObject":{"data":{"a":"b"}}}')
        .secrets,
    ).toEqual(["b"]);
  });

  it("are told by the kind wherever it stands, in any case, escaped, or given twice", () => {
    for (const kind of [
      '"kind":"Secret"',
      '"KIND":"SECRET"',
      '"k\\u0069nd":"Secre\\u0074"',
      '"kind":"Secret","kind":"Pod"',
    ]) {
      const { text } = kubernetes(
        event(`{"data":{"a":"hush"},"da\\u0074a":{"b":"hush"},"Data":"hush",${kind}}`),
      );
      expect(text).not.toContain("hush");
      expect(text).toContain(kind);
    }
  });

  it("are masked in lists, however the items are told", () => {
    const { text, secrets } = kubernetes(
      '{"responseObject":{"items":[{"data":{"a":"one"}},{"data":{"a":"two"}}],"kind":"SecretList"},"x":{"kind":"List","items":[{"kind":"ConfigMap","data":{"c":"open"}},{"kind":"Secret","data":{"a":"three"}}]}}',
    );
    expect(secrets).toEqual(["one", "two", "three"]);
    expect(text).toContain('{"c":"open"}');
    const table = '{"kind":"Table","rows":[{"cells":["s1"],"object":{"kind":"Secret","data":{"a":"four"}}}]}';
    expect(kubernetes(`{"responseObject":${table}}`).secrets).toEqual(["four"]);
  });

  it("are masked whatever type their values have", () => {
    for (const data of ['"hush"', '["hush",{"x":"hush"}]', '{"a":["hush"],"b":{"hush":"hush"}}']) {
      expect(kubernetes(event(`{"data":${data},"stringData":${data}}`, "secrets")).text).not.toContain(
        '"hush"',
      );
    }
    expect(kubernetes(event('{"data":true}', "secrets")).text).toBe(event('{"data":"[masked]"}', "secrets"));
  });

  it("are masked inside the last-applied annotation, in place", () => {
    const applied = JSON.stringify({
      kind: "Secret",
      data: { p: "aHVzaA==" },
      metadata: { annotations: { e: "é<>" } },
    });
    const annotated = (text: string) =>
      event(`{"metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":${text}}}}`);
    const asGoWrites = JSON.stringify(`${applied}\n`).replaceAll("<", "\\u003c");
    const { text, secrets } = kubernetes(annotated(asGoWrites));
    expect(secrets).toEqual(["aHVzaA=="]);
    expect(text).toBe(annotated(asGoWrites.replace("aHVzaA==", "[masked]")));
  });

  it("are masked when the annotation holds an annotation, is no JSON, or nests without end", () => {
    const key = "kubectl.kubernetes.io/last-applied-configuration";
    let body: object = { kind: "Secret", stringData: { p: "hush" } };
    for (let level = 0; level < 7; level++) {
      body = { metadata: { annotations: { [key]: JSON.stringify(body) } } };
      expect(kubernetes(event(JSON.stringify(body))).text).not.toContain("hush");
    }
    expect(kubernetes(event(`{"${key}":"{\\"data\\":{\\"a\\":\\"hush"}`)).text).toBe(
      event(`{"${key}":"[masked]"}`),
    );
  });

  it("are masked in JSON patches", () => {
    const patch =
      '[{"op":"replace","path":"/data/p","value":"hush"},{"value":{"a":"hush","b":null},"path":"/stringData","op":"add"},{"op":"add","path":"/metadata/labels/a","value":"open"},{"op":"replace","path":"","value":{"data":{"x":"hush"}}}]';
    const { text } = kubernetes(event(patch, "secrets"));
    expect(text).toBe(
      event(
        '[{"op":"replace","path":"/data/p","value":"[masked]"},{"value":{"a":"[masked]","b":null},"path":"/stringData","op":"add"},{"op":"add","path":"/metadata/labels/a","value":"open"},{"op":"replace","path":"","value":{"data":{"x":"[masked]"}}}]',
        "secrets",
      ),
    );
  });

  it("are masked in what admission webhooks patched and in errors that quote the body", () => {
    const patch = JSON.stringify({
      configuration: "c",
      patch: [{ op: "add", path: "/data/x", value: "hush" }],
    });
    const annotation = `"annotations":{"patch.webhook.admission.k8s.io/round_0_index_0":${JSON.stringify(patch)}}`;
    const { text } = kubernetes(`{"objectRef":{"resource":"secrets"},${annotation}}`);
    expect(text).toContain('\\"value\\":\\"[masked]\\"');
    const message = '"message":"error found in #10 byte of ...|x|..., bigger context ...|hush|..."';
    expect(
      kubernetes(`{"objectRef":{"resource":"secrets"},"responseStatus":{${message}}}`).text,
    ).not.toContain("hush");
  });
});

describe("tokens", () => {
  it("are masked in TokenReview and TokenRequest", () => {
    expect(kubernetes(event('{"kind":"TokenReview","spec":{"token":"eyJ","audiences":["a"]}}')).text).toBe(
      event('{"kind":"TokenReview","spec":{"token":"[masked]","audiences":["a"]}}'),
    );
    const requested =
      '{"objectRef":{"resource":"serviceaccounts","subresource":"token"},"responseObject":{"status":{"token":"eyJ"}}}';
    expect(kubernetes(requested).secrets).toEqual(["eyJ"]);
    expect(kubernetes(event('{"spec":{"token":"a csrf"}}')).secrets).toEqual([]);
  });
});

describe("environment values", () => {
  it("are masked in pods, templates, lists and patches; names stay", () => {
    const pod =
      '{"containers":[{"name":"app","env":[{"name":"DB","value":"hush"},{"name":"X","valueFrom":{"fieldRef":{"fieldPath":"a"}}}]}],"initContainers":[{"env":[{"value":{"odd":"hush"},"name":"Y"}]}]}';
    const masked = pod.replace('"hush"', '"[masked]"').replace('{"odd":"hush"}', '"[masked]"');
    for (const wrap of [
      '{"spec":@}',
      '{"spec":{"template":{"spec":@}}}',
      '{"items":[{"spec":@},{"spec":@}]}',
    ]) {
      expect(kubernetes(event(wrap.replaceAll("@", pod))).text).toBe(event(wrap.replaceAll("@", masked)));
    }
    const patch =
      '[{"op":"add","path":"/spec/containers/0/env/0/value","value":"hush"},{"op":"add","path":"/spec/containers/0/env/-","value":{"name":"A","value":"hush"}},{"op":"add","path":"/spec/containers/0/env","value":[{"name":"A","value":"hush"}]}]';
    expect(kubernetes(event(patch)).secrets).toEqual(["hush", "hush", "hush"]);
  });

  it("leave a label called env alone", () => {
    const labelled = event('{"metadata":{"labels":{"env":"prod"}},"value":"v"}');
    expect(kubernetes(labelled).text).toBe(labelled);
  });

  it("are masked in sudo's records, keys that repeat included", () => {
    const input =
      '{"runargv":["id"],"runenv":["TERM=xterm","A=b=c","BARE","E=\\u0061\\"x"],"submitenv":["T=\\n"],"runenv":["Z=1",7]}';
    given.length = 0;
    const result = new TextDecoder().decode(redactSudoEvent(bytes(input), context));
    expect(result).toBe(
      '{"runargv":["id"],"runenv":["TERM=[masked]","A=[masked]","[masked]","E=[masked]"],"submitenv":["T=[masked]"],"runenv":["Z=[masked]",7]}',
    );
    expect(given).toEqual(["xterm", "b=c", "BARE", 'a"x', "\n", "1"]);
  });
});

describe("rules", () => {
  it("can be switched off one by one", () => {
    const input = event('{"data":{"a":"b"},"token":"t","env":[{"name":"N","value":"v"}]}', "secrets");
    expect(kubernetes(input).secrets).toEqual(["b", "t", "v"]);
    expect(kubernetes(input, { "mask.kubernetes-secrets": "off" }).secrets).toEqual(["t", "v"]);
    expect(kubernetes(input, { "mask.kubernetes-tokens": "off" }).secrets).toEqual(["b", "v"]);
    expect(kubernetes(input, { "mask.environment": "off" }).secrets).toEqual(["b", "t"]);
    expect(redactionRules.every((rule) => rule.onByDefault)).toBe(true);
  });
});

describe("hostile input", () => {
  it("gives an error for what is no JSON document", () => {
    for (const text of [
      "",
      "[]x",
      '{"a":',
      "{".repeat(100_000),
      '{"objectRef":{"resource":{"toString":1}}',
    ]) {
      expect(() => redactKubernetesEvent(bytes(text), context)).toThrow(/at byte \d+$/);
    }
    expect(() => redactKubernetesEvent(bytes(`{"a":${"[".repeat(64)}${"]".repeat(64)}}`), context)).toThrow(
      "nested deeper",
    );
  });

  it("survives odd references, prototype keys and lone surrogates", () => {
    const input =
      '{"objectRef":{"resource":{"toString":1},"__proto__":{"resource":"secrets"}},"__proto__":{"kind":"Secret","data":{"constructor":"hush\\ud800"}}}';
    const { text, secrets } = kubernetes(input);
    expect(text).toBe(input.replace("hush\\ud800", "[masked]"));
    expect(secrets).toEqual(["hush\ufffd"]);
  });

  it("takes time in proportion to the input", () => {
    const entries = Array.from({ length: 100_000 }, (_, i) => `{"name":"N${i}","value":"hush${i}"}`).join(
      ",",
    );
    const huge = event(`{"containers":[{"env":[${entries}]}],"note":"${"x".repeat(5_000_000)}"}`);
    const nested = event(`${'{"kind":"Secret","x":'.repeat(60)}"${"y".repeat(200_000)}"${"}".repeat(60)}`);
    const started = processorMs();
    expect(kubernetes(huge).text).not.toContain("hush");
    kubernetes(nested);
    expect(processorMs() - started).toBeLessThan(15_000);
  });
});

describe("bytes that cannot be read", () => {
  it("are cut where a body begins", () => {
    const broken = bytes('{"kind":"Event","auditID":"a","requestObject":{"data":{"p":"hush"},');
    expect(new TextDecoder().decode(redactUnreadable(broken, context))).toBe(
      '{"kind":"Event","auditID":"a","requestObject"[masked]',
    );
    const plain = Uint8Array.of(0xff, 0x22, 0x00);
    expect(redactUnreadable(plain, context)).toBe(plain);
  });
});
