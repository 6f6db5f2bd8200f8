// Hints from a JSON Schema (type, properties, required, additionalProperties, items, enum, examples): [{ at, message }].
// Only hints: what is saved is decided by the server.
import { parseTree } from "./json-tree.js";

const WORDS = { string: "text in double quotes", integer: "a whole number", number: "a number", boolean: "true or false", array: "a list: [ … ]", object: "an object: { … }" };

export function hints(text, schema) {
  return [...check(parseTree(text), schema)];
}

function* check(node, schema) {
  if (schema.type && !fits(node, schema.type)) yield { at: node.at, message: `This should be ${WORDS[schema.type] ?? schema.type}.` };
  else if (node.type === "object") yield* checkObject(node, schema);
  else if (node.type === "array" && schema.items) for (const one of node.entries) yield* check(one, schema.items);
  else if (node.type === "string") yield* checkText(node, schema);
}

function* checkObject(node, { properties = {}, required = [], additionalProperties }) {
  const seen = new Set();
  for (const { key, at, value } of node.entries) {
    if (seen.has(key)) yield { at, message: `${key} is there twice; the last one counts.` };
    seen.add(key);
    if (Object.hasOwn(properties, key)) yield* check(value, properties[key]);
    else if (additionalProperties === false) {
      const near = nearest(key, Object.keys(properties).filter((name) => !node.entries.some((entry) => entry.key === name)));
      yield { at, message: `${key} is not a known key.${near ? ` Did you mean ${near}?` : ""}` };
    }
  }
  const missing = required.filter((key) => !seen.has(key));
  if (missing.length) yield { at: node.at, message: `Missing here: ${missing.join(", ")}.` };
}

function* checkText({ at, value }, { enum: allowed, examples = [] }) {
  const near = nearest(value, allowed ?? examples);
  if (allowed && !allowed.includes(value)) yield { at, message: near ? `Did you mean ${near}?` : `Use one of: ${allowed.join(", ")}.` };
  else if (!allowed && near && near !== value) yield { at, message: `Did you mean ${near}?` };
}

function fits(node, type) {
  if (type === "integer") return node.type === "number" && Number.isInteger(node.value);
  return node.type === type;
}

// The name that takes the fewest changes to get to, when these are few for its length.
export function nearest(word, names) {
  const ranked = names.map((name) => [distance(word.toLowerCase(), name.toLowerCase()), name]).sort(([one], [two]) => one - two);
  return ranked.length && ranked[0][0] <= Math.max(1, Math.floor(word.length / 3)) ? ranked[0][1] : "";
}

// Letters added, left out, replaced, or two beside each other swapped.
function distance(one, two) {
  let before = [];
  let row = Array.from({ length: two.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= two.length; j += 1) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (one[i - 1] === two[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && one[i - 1] === two[j - 2] && one[i - 2] === two[j - 1]) next[j] = Math.min(next[j], before[j - 2] + 1);
    }
    before = row;
    row = next;
  }
  return row.at(-1);
}
