import { expect, test } from "vitest";
import { readSettings } from "@/bin/settings.mjs";

const place = { root: "/srv/daybook", terminal: false };
const read = (env: Record<string, string>) => readSettings(env as NodeJS.ProcessEnv, place);

test("without settings: an embedded database, port 3000 of this machine only", () => {
  expect(read({})).toMatchObject({
    dataDir: "/srv/daybook/data",
    host: "127.0.0.1",
    port: 3000,
    databaseUrl: undefined,
    tls: undefined,
    publicUrl: "http://localhost:3000",
    trustedProxies: [],
    logFormat: "json",
  });
});

test("an empty value is no value", () => {
  expect(read({ PORT: "", DATA_DIR: "", TRUSTED_PROXIES: " , " })).toEqual(read({}));
});

test.each(["SUDO_PORT", "SUDO_TLS_PORT"])("%s is a port", (name) => {
  expect(read({ [name]: "30344" })).toEqual(read({}));
  expect(() => read({ [name]: "sudo" })).toThrow(`${name} must be a whole number from 1 to 65535`);
});

test("a public URL is an origin", () => {
  expect(read({ PUBLIC_URL: "https://Audit.example.com/" }).publicUrl).toBe("https://audit.example.com");
  expect(read({ HOST: "::1", PORT: "80" }).publicUrl).toBe("http://localhost:80");
  expect(read({ HOST: "fd00::5", PORT: "80" }).publicUrl).toBe("http://[fd00::5]:80");
});

test.each([
  [{ PORT: "0" }, "PORT must be"],
  [{ PORT: "65536" }, "PORT must be"],
  [{ PORT: "3e3" }, "PORT must be"],
  [{ HOST: "http://x" }, "HOST must be"],
  [{ DATABASE_URL: "mysql://a:b@c/d" }, "DATABASE_URL must be"],
  [{ DATABASE_URL: "postgresql://a:b@c" }, "DATABASE_URL names no database"],
  [{ DATABASE_URL: "postgresql://c/d" }, "DATABASE_URL names no role"],
  [{ DATABASE_OWNER_URL: "postgresql://a:b@c/d" }, "DATABASE_URL is not"],
  [{ TLS_CERT: "/none" }, "TLS_KEY is not"],
  [{ TLS_KEY: "/none" }, "TLS_CERT is not"],
  [{ TLS_CERT: "/none", TLS_KEY: "/none" }, "there is no file /none"],
  [{ TLS_CERT: "/tmp", TLS_KEY: "/tmp" }, "/tmp is a folder"],
  [{ TLS_CERT: import.meta.filename, TLS_KEY: import.meta.filename }, "do not work together"],
  [{ PUBLIC_URL: "audit.example.com" }, "PUBLIC_URL must be"],
  [{ PUBLIC_URL: "https://x.example.com/daybook" }, "PUBLIC_URL must end"],
  [{ TRUSTED_PROXIES: "10.0.0.0/33" }, '"10.0.0.0/33" is neither'],
  [{ TRUSTED_PROXIES: "10.0.0.1, proxy" }, '"proxy" is neither'],
  [{ LOG_LEVEL: "loud" }, "LOG_LEVEL must be one of"],
  [{ LOG_FORMAT: "xml" }, "LOG_FORMAT must be one of"],
])("%j is refused, with the setting's name", (env, line) => {
  expect(() => read(env as Record<string, string>)).toThrow(line);
});
