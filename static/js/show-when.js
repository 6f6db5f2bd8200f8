// A field with data-show-when='{"key": value}' is shown while those other parameters have those values.
const form = document.getElementById("connector-form");

function update() {
  for (const control of form.querySelectorAll("[data-show-when]")) {
    const wanted = Object.entries(JSON.parse(control.dataset.showWhen));
    control.closest(".field").hidden = !wanted.every(([key, value]) => valueOf(key) === String(value));
  }
}

function valueOf(key) {
  const control = form.elements[`config-${key}`];
  return control?.type === "checkbox" ? String(control.checked) : control?.value;
}

form.addEventListener("change", update);
document.addEventListener("htmx:afterSettle", update);
update();
