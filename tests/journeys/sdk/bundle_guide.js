/* Bundles a project whose code comes from a guide: `node bundle_guide.js FOLDER ENTRY…`; ENTRY.js appears beside each. */
import { readFile } from "node:fs/promises";
import { build } from "esbuild";
import { compileScript, parse } from "vue/compiler-sfc";

const [folder, ...entries] = process.argv.slice(2);

const vue = {
  name: "vue",
  setup(bundler) {
    bundler.onLoad({ filter: /\.vue$/ }, async ({ path }) => {
      const { descriptor, errors } = parse(await readFile(path, "utf8"), { filename: path });
      if (errors.length) throw errors[0];
      return { contents: compileScript(descriptor, { id: path, inlineTemplate: true }).content, loader: "ts" };
    });
  },
};

await build({
  absWorkingDir: folder,
  entryPoints: entries,
  bundle: true,
  outdir: "bundled",
  format: "esm",
  target: "es2022",
  jsx: "automatic",
  logLevel: "error",
  define: { "process.env.NODE_ENV": '"production"', __VUE_OPTIONS_API__: "true", __VUE_PROD_DEVTOOLS__: "false" },
  plugins: [vue],
});
