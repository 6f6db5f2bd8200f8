// [data-uri-rows]: rows of one field are added, removed and pasted; what the server says about each is htmx's work.
for (const list of document.querySelectorAll("[data-uri-rows]")) {
  const loaded = rows(list).map((row) => row.cloneNode(true));

  list.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.hasAttribute("data-uri-add")) append(list, "").focus();
    if (button.hasAttribute("data-uri-remove")) remove(list, button.closest("[data-uri-row]"));
    if (button.dataset.uriSuggest) {
      for (const uri of button.dataset.uriSuggest.split(" ")) append(list, uri);
      button.remove();
    }
    changed(list);
  });

  list.addEventListener("paste", (event) => {
    const lines = event.clipboardData.getData("text").split(/\s+/).filter(Boolean);
    if (lines.length < 2 || event.target.value) return;
    event.preventDefault();
    event.target.value = lines.shift();
    for (const line of lines) append(list, line);
    changed(list);
  });

  list.closest("form").addEventListener("reset", () => {
    const now = rows(list);
    const fresh = loaded.map((row) => row.cloneNode(true));
    now[0].before(...fresh);
    for (const row of now) row.remove();
    for (const row of fresh) htmx.process(row);
  });
}

function rows(list) {
  return [...list.querySelectorAll("[data-uri-row]")];
}

// The first empty row is used before another is made: the spare one, which is there where there is no script, too.
function append(list, uri) {
  const all = rows(list);
  const spare = all.find((row) => row.classList.contains("uri-row--spare"));
  if (spare) {
    spare.classList.remove("uri-row--spare");
    return fill(spare, uri);
  }
  const empty = all.find((row) => !row.querySelector("input").value);
  if (empty && uri) return fill(empty, uri);
  const row = all.at(-1).cloneNode(true);
  const input = row.querySelector("input");
  input.removeAttribute("id");
  input.removeAttribute("aria-invalid");
  input.removeAttribute("aria-describedby");
  input.setAttribute("aria-label", "Another one");
  row.querySelector("[data-uri-note]").replaceChildren();
  all.at(-1).after(row);
  htmx.process(row);
  return fill(row, uri);
}

function fill(row, uri) {
  const input = row.querySelector("input");
  input.value = uri;
  if (uri) htmx.trigger(input, "input");
  return input;
}

// The first row carries the label, so it is emptied instead of removed.
function remove(list, row) {
  const all = rows(list);
  const index = all.indexOf(row);
  if (index === 0) {
    const values = all.slice(1).map((other) => other.querySelector("input").value);
    if (all.length > 1) all.pop().remove();
    rows(list).forEach((other, number) => fill(other, values[number] ?? ""));
    if (!values.some(Boolean)) row.querySelector("[data-uri-note]").replaceChildren();
  } else row.remove();
  rows(list)[Math.max(0, index - 1)].querySelector("input").focus();
}

function changed(list) {
  list.dispatchEvent(new Event("change", { bubbles: true }));
}
