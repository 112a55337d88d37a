import { generate } from "./prepare.mjs";

await generate();
