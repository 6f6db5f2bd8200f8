// A part of a form with data-for-types="Text Number" is there while the select of the type has one of these values.
const select = document.querySelector("[data-type-select] select");

function update() {
  for (const part of document.querySelectorAll("[data-for-types]")) {
    part.hidden = !part.dataset.forTypes.split(" ").includes(select.value);
  }
}

select.addEventListener("change", update);
update();
