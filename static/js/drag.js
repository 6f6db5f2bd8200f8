// [data-drag-list]: rows [data-drag-row] are dragged by a grip, on top of the buttons that move them one place (the keyboard has
// these). Rows stay among those with the same data-drag-row. At the end the row is told ("dragged" bubbles, `detail.places` is
// how far, up is negative); where its buttons are forms of their own, the one of that direction is sent with `places`.
for (const list of document.querySelectorAll("[data-drag-list]")) {
  for (const row of list.querySelectorAll("[data-drag-row]")) {
    if (siblings(row).length < 2) continue;
    const grip = Object.assign(document.createElement("span"), { className: "drag-grip", title: "Drag to move" });
    grip.setAttribute("aria-hidden", "true");
    (row.querySelector("[data-drag-grip]") ?? row).prepend(grip);
    grip.addEventListener("pointerdown", (event) => event.button === 0 && start(row, event));
  }
}

function siblings(row) {
  return [...row.parentElement.children].filter((one) => one.dataset.dragRow === row.dataset.dragRow);
}

function start(row, event) {
  event.preventDefault();
  const before = siblings(row);
  const after = before.at(-1).nextElementSibling; // to put everything back
  // On the document: a grip that moves with its row would lose a captured pointer.
  row.classList.add("is-dragged");
  const ends = new AbortController();
  const listen = (target, name, action) => target.addEventListener(name, action, { signal: ends.signal });
  const end = (keep) => {
    ends.abort();
    row.classList.remove("is-dragged");
    const places = siblings(row).indexOf(row) - before.indexOf(row);
    if (!keep) for (const one of before) row.parentElement.insertBefore(one, after);
    else if (places) settle(row, places);
  };
  listen(document, "pointermove", ({ clientY }) => follow(row, clientY));
  listen(document, "pointerup", () => end(true));
  listen(document, "pointercancel", () => end(false));
  listen(document, "keydown", ({ key }) => key === "Escape" && end(false));
}

// Past the middle of another row, the dragged one takes its place.
function follow(row, y) {
  const rows = siblings(row);
  const place = rows.indexOf(row);
  const middle = (one) => one.getBoundingClientRect().top + one.offsetHeight / 2;
  const above = rows.slice(0, place).find((one) => y < middle(one));
  const below = rows.slice(place + 1).findLast((one) => y > middle(one));
  if (above) above.before(row);
  else if (below) below.after(row);
}

function settle(row, places) {
  row.dispatchEvent(new CustomEvent("dragged", { bubbles: true, detail: { places } }));
  const button = row.querySelector(`[data-drag-post="${places < 0 ? "up" : "down"}"]`);
  if (!button) return;
  button.form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "places", value: Math.abs(places) }));
  button.form.requestSubmit(button);
}
