// The country beside a phone number: shown as its calling code, and only while what is typed looks like a number.
for (const field of document.querySelectorAll("[data-phone]")) {
  const select = field.querySelector("select");
  const input = field.querySelector("input");
  const country = field.querySelector(".phone-country");

  const showCode = () => {
    country.dataset.code = select.selectedOptions[0]?.text.match(/\((\+\d+)\)/)?.[1] ?? "";
  };
  const showCountry = () => {
    const national = /^[\d\s().\-/]+$/.test(input.value);
    const hidden = field.hasAttribute("data-mixed") && !national;
    country.hidden = hidden;
    field.classList.toggle("hosted__phone--plain", hidden);
  };

  select.addEventListener("change", showCode);
  input.addEventListener("input", showCountry);
  showCode();
  showCountry();
}
