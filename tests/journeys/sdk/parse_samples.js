/* Parses samples: `[{language, name, text}]` on standard input, a line for each that is no valid code on standard output. */
import { text } from "node:stream/consumers";
import { transform } from "esbuild";
import { compileScript, parse } from "vue/compiler-sfc";

const vue = (sample) => {
  const { descriptor, errors } = parse(sample.text, { filename: sample.name });
  if (errors.length) throw errors[0];
  if (!descriptor.script && !descriptor.scriptSetup) return {};
  return { ts: compileScript(descriptor, { id: sample.name, inlineTemplate: true }).content };
};
const svelte = (sample) => ({ ts: /<script[^>]*>(.*?)<\/script>/s.exec(sample.text)?.[1] ?? "" });
const html = (sample) => ({ js: [...sample.text.matchAll(/<script[^>]*>(.*?)<\/script>/gs)].map((found) => found[1]).join("\n") });
const pick = { vue, svelte, html };

for (const sample of JSON.parse(await text(process.stdin))) {
  try {
    const parts = pick[sample.language]?.(sample) ?? { [sample.language]: sample.text };
    for (const [loader, code] of Object.entries(parts)) await transform(code, { loader, format: "esm", target: "esnext", logLevel: "silent" });
  } catch (error) {
    console.log(`${sample.name}: ${error.message}`);
  }
}
