// The ways to sign in: moved without a round trip, and switched on together with the sign-up identifier they belong to.
const form = document.getElementById("experience-form");
const list = form.querySelector("[data-methods]");
const status = form.querySelector("[data-moved]");

list.addEventListener("click", (event) => {
  const button = event.target.closest('button[name="move"]');
  if (!button) return;
  event.preventDefault();
  const row = button.closest("[data-method]");
  const up = button.value.startsWith("up:");
  const other = up ? row.previousElementSibling : row.nextElementSibling;
  if (!other) return;
  if (up) other.before(row);
  else other.after(row);
  moved(row);
  (button.disabled ? row.querySelector('button[name="move"]:not(:disabled)') : button).focus();
});

list.addEventListener("dragged", (event) => moved(event.target)); // drag.js

function moved(row) {
  number();
  const place = [...list.children].indexOf(row) + 1;
  status.textContent = `${row.querySelector("label").textContent}: now number ${place} of ${list.children.length}`;
  row.dispatchEvent(new Event("change", { bubbles: true }));
}

form.elements.sign_up.addEventListener("change", (event) => {
  const identifiers = event.target.value.split(/-(?:or|and)-/);
  if (identifiers.includes("username")) form.elements.create_password.checked = true;
  for (const identifier of identifiers) {
    const box = form.elements[`${identifier}-enabled`];
    if (!box || box.checked) continue;
    box.checked = true;
    (form.elements[`${identifier}-code`] ?? form.elements[`${identifier}-password`]).checked = true;
  }
  if (identifiers[0] !== "username" && !form.elements.create_password.checked) needCodes(identifiers);
});

form.elements.create_password.addEventListener("change", (event) => {
  if (!event.target.checked) needCodes(form.elements.sign_up.value.split(/-(?:or|and)-/));
});

form.addEventListener("reset", () => setTimeout(sort));

// Without a password of their own, new people sign in with a code.
function needCodes(identifiers) {
  for (const identifier of identifiers) {
    const box = form.elements[`${identifier}-code`];
    if (box) box.checked = true;
  }
}

function number() {
  const rows = [...list.children];
  rows.forEach((row, index) => {
    form.elements[`${row.dataset.method}-order`].value = index;
    row.querySelector('[value^="up:"]').disabled = index === 0;
    row.querySelector('[value^="down:"]').disabled = index === rows.length - 1;
  });
}

// Hidden inputs are not reset by the browser: their default value is still in the attribute.
function sort() {
  const original = (row) => Number(form.elements[`${row.dataset.method}-order`].dataset.saved);
  list.append(...[...list.children].sort((one, two) => original(one) - original(two)));
  number();
  list.dispatchEvent(new Event("change", { bubbles: true }));
}

number();
for (const row of list.children) {
  const order = form.elements[`${row.dataset.method}-order`];
  order.dataset.saved = order.value;
  order.dataset.place = row.dataset.changeGroup;
}
