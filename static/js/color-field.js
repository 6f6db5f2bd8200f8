// input[data-color] gets the browser's colour picker beside it; what is typed stays the value that is sent.
for (const input of document.querySelectorAll("input[data-color]")) {
  const picker = document.createElement("input");
  const row = document.createElement("div");
  const isColor = (text) => /^#([0-9a-f]{3}){1,2}$/i.test(text);
  const long = (color) => (color.length === 4 ? color.replace(/[0-9a-f]/gi, "$&$&") : color);
  picker.type = "color";
  picker.className = "color-field__picker";
  picker.setAttribute("aria-label", `${document.querySelector(`label[for="${input.id}"]`)?.firstChild.textContent}: choose`);
  row.className = "color-field";
  input.before(row);
  row.append(picker, input);
  const show = () => {
    const color = input.value || input.placeholder; // what counts while the field is empty
    if (isColor(color)) picker.value = long(color);
    picker.classList.toggle("is-empty", !isColor(color)); // black would be a colour that nobody chose
  };
  picker.addEventListener("input", () => {
    input.value = picker.value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  input.addEventListener("input", show);
  show();
}
