// JSON with the place of every key and value. For text that JSON.parse takes: the walk trusts it.
const TOKEN = /"(?:\\.|[^"\\])*"|-?\d[\d.eE+-]*|true|false|null|[{}[\],:]/g;

// { type, value, at, entries }: an object's entries are [{ key, at, value }], a list's the nodes themselves.
export function parseTree(text) {
  const tokens = [...text.matchAll(TOKEN)];
  let next = 0;
  const node = () => {
    const { 0: token, index: at } = tokens[next++];
    if (token === "{") return { type: "object", at, entries: items("}", entry) };
    if (token === "[") return { type: "array", at, entries: items("]", node) };
    const value = JSON.parse(token);
    return { type: value === null ? "null" : typeof value, at, value, entries: [] };
  };
  const entry = () => {
    const { 0: token, index: at } = tokens[next++];
    next += 1; // the colon
    return { key: JSON.parse(token), at, value: node() };
  };
  const items = (end, one) => {
    const found = [];
    while (tokens[next][0] !== end) {
      found.push(one());
      if (tokens[next][0] === ",") next += 1;
    }
    next += 1;
    return found;
  };
  return node();
}

// Indented by two spaces, as the server writes it. Numbers and texts stay letter by letter, keys in their order.
export function formatted(text) {
  let depth = 0;
  let before = "";
  let result = "";
  for (const [token] of text.matchAll(TOKEN)) {
    const opens = before === "{" || before === "[";
    if (token === "}" || token === "]") {
      depth -= 1;
      if (!opens) result += line(depth);
    } else if (opens || before === ",") result += line(depth);
    result += token === ":" ? ": " : token;
    if (token === "{" || token === "[") depth += 1;
    before = token;
  }
  return result;
}

const line = (depth) => `\n${"  ".repeat(depth)}`;
