// A long list of boxes gets a field that narrows it down. What is ticked stays in sight, and what is sent is the same.
const LONG = 12;

for (const list of document.querySelectorAll("fieldset.field > div[id]")) {
  if (list.children.length > LONG && list.querySelector("input[type=checkbox]")) addFilter(list);
}

function addFilter(list) {
  const rows = [...list.children];
  const words = rows.map((row) => row.textContent.toLowerCase());
  const filter = Object.assign(document.createElement("input"), { type: "search", className: "input", placeholder: `Filter ${rows.length} entries` });
  filter.setAttribute("aria-label", `Filter: ${list.parentElement.querySelector("legend").textContent}`);
  const found = Object.assign(document.createElement("p"), { className: "field__hint" });
  found.setAttribute("role", "status");
  list.classList.add("long-choice");
  list.before(filter, found);
  filter.addEventListener("input", () => {
    const wanted = filter.value.trim().toLowerCase();
    const fits = words.map((text) => text.includes(wanted));
    rows.forEach((row, place) => (row.hidden = !fits[place] && !row.querySelector("input").checked));
    found.textContent = wanted ? `${fits.filter(Boolean).length} of ${rows.length} fit; what is ticked is shown as well.` : "";
  });
  filter.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault()); // it would save the form
}
