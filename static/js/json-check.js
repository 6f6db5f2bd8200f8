// Where a text stops being JSON, in the words that the server uses (connectors/json_text.py). Null when it is JSON.
const BLANK = /[ \t\r\n]*/y;
const PATTERNS = {
  string: /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/y,
  number: /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y,
  word: /(?:true|false|null)\b/y,
};
const WORDS = {
  value: "A value is missing here: text in double quotes, a number, true, false, null, a list or object.",
  key: "A key in double quotes is missing here.",
  colon: "A colon is missing between the key and its value.",
  comma: "A comma or a closing bracket is missing here.",
  end: "The JSON is complete before this point; remove what follows.",
  trailing: "Remove the comma before this bracket.",
  string: "This text has no closing double quote, or holds a line break or a backslash that JSON does not know.",
  empty: "There is nothing here yet.",
};

export function findMistake(text) {
  try {
    JSON.parse(text);
    return null;
  } catch {
    const { position, reason } = scan(text);
    return { ...lineAndColumn(text, position), message: WORDS[text.trim() ? reason : "empty"] };
  }
}

export function lineAndColumn(text, position) {
  const before = text.slice(0, position);
  return { line: before.split("\n").length, column: position - before.lastIndexOf("\n") };
}

function scan(text) {
  const open = []; // the closing brackets that are owed
  let position = 0;
  let expected = "value";
  const skip = () => (position = matchEnd(BLANK, text, position));
  for (;;) {
    skip();
    const sign = text[position];
    const closes = sign !== undefined && sign === open.at(-1);
    if (expected === "end") return { position, reason: "end" };
    if (expected === "comma") {
      if (sign === ",") expected = open.at(-1) === "}" ? "key" : "value";
      else if (closes) expected = close(open);
      else return { position, reason: "comma" };
      position += 1;
    } else if (expected === "colon") {
      if (sign !== ":") return { position, reason: "colon" };
      expected = "value";
      position += 1;
    } else if (closes && "[{".includes(lastSign(text, position))) {
      expected = close(open);
      position += 1;
    } else if (closes && lastSign(text, position) === ",") {
      return { position, reason: "trailing" };
    } else if (expected === "value" && (sign === "{" || sign === "[")) {
      open.push(sign === "{" ? "}" : "]");
      expected = sign === "{" ? "key" : "value";
      position += 1;
    } else {
      const end = scalarEnd(text, position, expected === "key");
      if (end === position) return { position, reason: sign === '"' ? "string" : expected };
      position = end;
      if (expected === "key") expected = "colon";
      else expected = open.length ? "comma" : "end";
    }
  }
}

function close(open) {
  open.pop();
  return open.length ? "comma" : "end";
}

function lastSign(text, position) {
  return text.slice(0, position).trimEnd().at(-1) ?? "";
}

function scalarEnd(text, position, onlyString) {
  const names = onlyString ? ["string"] : ["string", "number", "word"];
  return Math.max(...names.map((name) => matchEnd(PATTERNS[name], text, position)));
}

function matchEnd(pattern, text, position) {
  pattern.lastIndex = position;
  return pattern.test(text) ? pattern.lastIndex : position;
}
