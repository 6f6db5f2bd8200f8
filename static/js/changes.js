// [data-save-bar-changes] in the save bar of a form: what differs from the page that was loaded, in words.
const SHOWN = 60; // characters of a value

const short = (text) => (text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text) || "empty";
const chosen = (options, isChosen) => options.filter(isChosen).map((option) => option.label).join(", ");
const words = (node) => node?.textContent.replace(/\s+/g, " ").replace(/ ?\*( ?required)?$/i, "").trim() ?? "";

function change(field) {
  if (field.type === "checkbox") return field.checked !== field.defaultChecked && (field.checked ? ["off", "on"] : ["on", "off"]);
  if (field.type === "radio") {
    const group = [...field.form.elements].filter((one) => one.type === "radio" && one.name === field.name);
    if (group[0] !== field || group.every((one) => one.checked === one.defaultChecked)) return null;
    const label = (one) => words(one?.labels[0]);
    return [label(group.find((one) => one.defaultChecked)), label(group.find((one) => one.checked))];
  }
  if (field.type.startsWith("select")) {
    const options = [...field.options];
    const started = options.some((option) => option.defaultSelected) || field.multiple ? (option) => option.defaultSelected : (option) => option.index === 0;
    if (options.every((option) => option.selected === started(option))) return null;
    return [chosen(options, started), chosen(options, (option) => option.selected)];
  }
  if (field.value === field.defaultValue) return null;
  return field.type === "password" ? ["the value of before", "another value"] : [field.defaultValue, field.value];
}

function name(field) {
  const own = field.type === "radio" ? field.closest("fieldset")?.querySelector("legend") : field.labels[0];
  const group = field.closest("[data-change-group]")?.dataset.changeGroup;
  const text = words(own) || field.getAttribute("aria-label") || field.name;
  return group && group !== text ? `${group}: ${text}` : text;
}

// The place of a row, which method-rows.js keeps in a hidden field with what was saved.
function placeOf({ dataset, value }) {
  return dataset.saved === undefined || value === dataset.saved ? "" : `${dataset.place}: from place ${Number(dataset.saved) + 1} to ${Number(value) + 1}`;
}

for (const list of document.querySelectorAll("[data-save-bar-changes]")) {
  const form = list.closest("form");
  const update = () => {
    const lines = [];
    for (const field of form.elements) {
      const place = placeOf(field);
      if (place) lines.push(place);
      if (!field.name || !field.labels || field.localName === "button" || field.disabled || "unsavedIgnore" in field.dataset) continue;
      const found = change(field);
      if (found) lines.push(`${name(field)}: from ${short(found[0])} to ${short(found[1])}`);
    }
    list.hidden = lines.length === 0;
    list.querySelector("[data-save-bar-count]").textContent = lines.length === 1 ? "1 change" : `${lines.length} changes`;
    list.querySelector("ul").replaceChildren(
      ...lines.map((line) => {
        const item = document.createElement("li");
        item.textContent = line;
        return item;
      }),
    );
  };
  form.addEventListener("input", update);
  form.addEventListener("change", update);
  form.addEventListener("click", () => setTimeout(update)); // rows that are added, removed or moved
  form.addEventListener("reset", () => setTimeout(update));
  update();
}
