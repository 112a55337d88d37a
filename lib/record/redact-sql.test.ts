import { expect, it } from "vitest";
import { processorMs } from "@/lib/test-time.ts";
import { redactParameters, redactSql } from "./redact-sql.ts";

const mask = (secret: Uint8Array | string): string => `<${String(secret).length}>`;

it.each([
  ["ALTER ROLE ann PASSWORD 'it''s'", "ALTER ROLE ann PASSWORD '<4>'"],
  ["create user a encrypted password E'a\\'b' login", "create user a encrypted password '<4>' login"],
  ["ALTER USER a PASSWORD $x$se$cret$x$;", "ALTER USER a PASSWORD '<7>';"],
  ["ALTER USER a PASSWORD 'never ended", "ALTER USER a PASSWORD '<11>'"],
  ["UPDATE users SET password = 'abc', name = 'ann'", "UPDATE users SET password = '<3>', name = 'ann'"],
  [
    "SELECT dblink('host=a user=b password=abc dbname=c')",
    "SELECT dblink('host=a user=b password=<3> dbname=c')",
  ],
  ["SELECT 'postgresql://ann:abc@host/db'", "SELECT 'postgresql://ann:<3>@host/db'"],
  [`SELECT '{"password": "abc"}'::json`, `SELECT '{"password": "<3>"}'::json`],
  ["ALTER ROLE a PASSWORD /* as told */ 'abc'", "ALTER ROLE a PASSWORD /* as told */ '<3>'"],
  ["ALTER ROLE a PASSWORD 'ab'\n'cd'", "ALTER ROLE a PASSWORD '<2>'\n'<2>'"],
  [
    "DO $$BEGIN EXECUTE 'ALTER ROLE a PASSWORD ''abc'''; END$$",
    "DO $$BEGIN EXECUTE 'ALTER ROLE a PASSWORD ''<3>'''; END$$",
  ],
  ["SELECT dblink('host=a password=''ab c''')", "SELECT dblink('host=a password=''<4>''')"],
  ["SELECT password FROM users WHERE id = $1", "SELECT password FROM users WHERE id = $1"],
  ["GRANT ALL ON t TO ann", "GRANT ALL ON t TO ann"],
])("masks %s", (sql, masked) => {
  expect(redactSql(sql, mask)).toBe(masked);
});

it.each([
  "SELECT 'password'; DROP TABLE audit; SELECT ''",
  "SELECT * FROM t WHERE label = 'top secret' AND owner = 'bob'",
  "SELECT 1 AS password$$; DROP TABLE audit; --$$",
  "/* /* */ password ' */ SELECT 1; DROP TABLE audit; --'",
  "-- password '\nDROP TABLE audit; --'",
  "SELECT $x$ password $x$, E'\\' password '; DROP TABLE audit; --'",
  `SELECT 1 AS "password '"; DROP TABLE audit; --'`,
  "SELECT 'it''s my password '; DROP TABLE audit; --'",
])("hides nothing of %s", (sql) => {
  expect(redactSql(sql, mask)).toBe(sql);
});

it("masks values of parameters", () => {
  expect(redactParameters("Parameters: $1 = 'it''s', $2 = NULL, $10 = ''", mask)).toBe(
    "Parameters: $1 = '<4>', $2 = NULL, $10 = '<0>'",
  );
});

it.each(["password ", "a.", "password=", "://", "'", "$$", "$a", "/*", "e'\\", '"', `"password":"`])(
  "a megabyte of %j takes no time",
  (part) => {
    const started = processorMs();
    redactSql(part.repeat(1_000_000 / part.length), mask);
    redactSql(`password${" ".repeat(1_000_000)}`, mask);
    expect(processorMs() - started).toBeLessThan(15_000);
  },
);
