// <json-editor> around a textarea: line numbers, colours, height that follows the text, and the first mistake while typing.
// The textarea stays the control: its label, its keys (Tab moves on) and its value are untouched.
import { findMistake } from "./json-check.js";

const TOKEN = /("(?:\\.|[^"\\\n])*")(\s*:)?|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\b(?:true|false|null)\b|[{}[\],:]/g;
const PAUSE = 400;

class JsonEditor extends HTMLElement {
  connectedCallback() {
    this.area = this.querySelector("textarea");
    if (!this.area || this.paint) return;
    this.gutter = hidden("div", "json-editor__gutter");
    this.paint = hidden("pre", "json-editor__paint");
    this.status = Object.assign(document.createElement("p"), { className: "json-editor__status" });
    this.status.setAttribute("role", "status");
    const frame = Object.assign(document.createElement("div"), { className: "json-editor__frame" });
    this.area.replaceWith(frame);
    frame.append(this.gutter, this.paint, this.area);
    frame.after(this.status);
    this.area.addEventListener("input", () => this.changed());
    this.area.addEventListener("scroll", () => this.follow());
    this.area.form?.addEventListener("reset", () => setTimeout(() => this.draw()));
    this.draw();
  }

  changed() {
    this.draw();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.check(), PAUSE);
  }

  draw() {
    const text = this.area.value;
    const count = text.split("\n").length;
    this.gutter.replaceChildren(...Array.from({ length: count }, (_, index) => this.number(index + 1)));
    this.paint.replaceChildren(...coloured(text), "\n");
    this.area.rows = Math.min(Math.max(count, 4), 32);
    this.follow();
  }

  number(line) {
    const wrong = this.closest(".field")?.querySelector(`.json-errors [data-line="${line}"]`);
    return span(wrong ? "number json-editor__number--wrong" : "number", `${line}\n`);
  }

  follow() {
    this.paint.scrollTo(this.area.scrollLeft, this.area.scrollTop);
    this.gutter.scrollTop = this.area.scrollTop;
  }

  check() {
    const mistake = this.area.value.trim() ? findMistake(this.area.value) : null;
    this.status.replaceChildren(...(mistake ? [place(this.area.id, mistake), ` ${mistake.message}`] : []));
  }

  jump(line, column) {
    const lines = this.area.value.split("\n");
    const offset = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0) + column - 1;
    this.area.focus();
    this.area.setSelectionRange(offset, offset);
    this.area.scrollTop = Math.max(0, (line - 4) * parseFloat(getComputedStyle(this.area).lineHeight));
  }
}

function* coloured(text) {
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [token, string, colon] = match;
    if (match.index > end) yield text.slice(end, match.index);
    if (string === undefined) yield span(/^[{}[\],:]$/.test(token) ? "sign" : "constant", token);
    else if (colon === undefined) yield* withPlaceholders(string);
    else yield* [span("key", string), span("sign", colon)];
    end = match.index + token.length;
  }
  yield text.slice(end);
}

function withPlaceholders(string) {
  return string.split(/(\{\{[^{}]*\}\})/).map((part, index) => span(index % 2 ? "placeholder" : "string", part));
}

function span(kind, text) {
  return Object.assign(document.createElement("span"), { className: `json-editor__${kind}`, textContent: text });
}

function hidden(name, className) {
  const element = Object.assign(document.createElement(name), { className });
  element.setAttribute("aria-hidden", "true");
  return element;
}

function place(id, { line, column }) {
  const link = Object.assign(document.createElement("a"), { href: `#${id}`, textContent: `Line ${line}, column ${column}:` });
  Object.assign(link.dataset, { line, column });
  return link;
}

// "Line 12, column 5" in a list of errors: put the caret there.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-line]");
  const editor = link && document.getElementById(link.hash.slice(1))?.closest("json-editor");
  if (!editor) return;
  event.preventDefault();
  editor.jump(Number(link.dataset.line), Number(link.dataset.column));
});

customElements.define("json-editor", JsonEditor);
