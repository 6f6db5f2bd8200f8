// <json-editor> around a textarea: line numbers, colours, height that follows the text, and what is wrong while typing: the
// first mistake, or else what data-schema does not know. Buttons below it format the text, and compare it with data-saved and
// data-default. The textarea stays the control: its label, its keys (Tab moves on) and its value are untouched.
import { findMistake, lineAndColumn } from "./json-check.js";
import { hints } from "./json-schema.js";
import { formatted } from "./json-tree.js";
import { aroundChanges, lineDiff } from "./line-diff.js";

const TOKEN = /("(?:\\.|[^"\\\n])*")(\s*:)?|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\b(?:true|false|null)\b|[{}[\],:]/g;
const PAUSE = 400;
const HINTS = 5; // shown at once
const COMPARISONS = { saved: "Compare with what is saved", default: "Compare with the default" };

class JsonEditor extends HTMLElement {
  connectedCallback() {
    this.area = this.querySelector("textarea");
    if (!this.area || this.paint) return;
    this.gutter = hidden("div", "json-editor__gutter");
    this.paint = hidden("pre", "json-editor__paint");
    this.status = Object.assign(document.createElement("div"), { className: "json-editor__status" });
    this.status.setAttribute("role", "status");
    this.schema = this.dataset.schema ? JSON.parse(this.dataset.schema) : null;
    const frame = Object.assign(document.createElement("div"), { className: "json-editor__frame" });
    this.area.replaceWith(frame);
    frame.append(this.gutter, this.paint, this.area);
    frame.after(this.toolbar(), this.status, this.diff);
    this.area.addEventListener("input", () => this.changed());
    this.area.addEventListener("scroll", () => this.follow());
    this.area.form?.addEventListener("reset", () => setTimeout(() => this.changed()));
    this.draw();
    this.check();
  }

  toolbar() {
    const row = Object.assign(document.createElement("div"), { className: "json-editor__tools" });
    if (!this.area.disabled) row.append(button("Format", () => this.format()));
    this.diff = Object.assign(document.createElement("div"), { className: "json-editor__diff", hidden: true });
    this.diff.id = `${this.area.id}_diff`;
    this.diff.tabIndex = 0;
    this.diff.setAttribute("role", "group");
    for (const name of Object.keys(COMPARISONS)) {
      if (this.dataset[name] === undefined || (name === "default" && this.dataset.default === this.dataset.saved)) continue;
      const toggle = button(COMPARISONS[name], () => this.compare(this.compared === name ? null : name));
      toggle.setAttribute("aria-controls", this.diff.id);
      toggle.setAttribute("aria-expanded", "false");
      toggle.dataset.comparison = name;
      row.append(toggle);
    }
    return row;
  }

  // Written as if it was typed, so that Ctrl+Z takes it back.
  format() {
    this.check();
    if (!this.area.value.trim() || findMistake(this.area.value)) return;
    const text = formatted(this.area.value);
    if (text !== this.area.value) {
      this.area.focus();
      this.area.select();
      if (!document.execCommand("insertText", false, text)) {
        this.area.value = text;
        this.area.dispatchEvent(new Event("input", { bubbles: true }));
      }
      this.area.setSelectionRange(0, 0);
      this.area.scrollTop = 0;
    }
    this.say("Formatted.");
  }

  compare(name) {
    this.compared = name;
    for (const one of this.querySelectorAll("[data-comparison]")) one.setAttribute("aria-expanded", String(one.dataset.comparison === name));
    this.diff.hidden = !name;
    if (!name) return;
    this.diff.setAttribute("aria-label", COMPARISONS[name]);
    const lines = aroundChanges(lineDiff(this.dataset[name], this.area.value));
    const changed = lines.some((line) => line && line.sign !== " ");
    this.diff.replaceChildren(...(changed ? lines.map(diffLine) : [paragraph("Nothing differs.")]));
  }

  say(text) {
    if (!this.status.childElementCount) this.status.replaceChildren(Object.assign(paragraph(text), { className: "json-editor__done" }));
  }

  changed() {
    this.draw();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.check();
      if (this.compared) this.compare(this.compared);
    }, PAUSE);
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
    const text = this.area.value;
    const mistake = text.trim() ? findMistake(text) : null;
    const found = mistake || !this.schema || !text.trim() ? [] : hints(text, this.schema);
    this.status.replaceChildren(
      ...(mistake ? [note(this.area.id, mistake)] : []),
      ...found.slice(0, HINTS).map(({ at, message }) => note(this.area.id, { ...lineAndColumn(text, at), message }, "json-editor__hint")),
      ...(found.length > HINTS ? [paragraph(`And ${found.length - HINTS} more.`)] : []),
    );
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

function paragraph(...content) {
  const element = document.createElement("p");
  element.append(...content);
  return element;
}

function button(text, action) {
  const element = Object.assign(document.createElement("button"), { type: "button", className: "button button--small button--quiet", textContent: text });
  element.addEventListener("click", action);
  return element;
}

function diffLine(line) {
  if (!line) return Object.assign(paragraph("…"), { className: "json-editor__line json-editor__line--skipped" });
  const { sign, number, text } = line;
  const words = { "+": "Added, line", "-": "Gone, line", " ": "Line" }[sign];
  const label = Object.assign(document.createElement("span"), { className: "visually-hidden", textContent: `${words} ${number}: ` });
  const mark = hidden("span", "json-editor__mark");
  mark.textContent = `${String(number).padStart(4)} ${sign} `;
  const name = { "+": "added", "-": "gone", " ": "same" }[sign];
  return Object.assign(paragraph(label, mark, text), { className: `json-editor__line json-editor__line--${name}` });
}

function note(id, { line, column, message }, className = "") {
  return Object.assign(paragraph(place(id, { line, column }), ` ${message}`), { className });
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
