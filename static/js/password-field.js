// The eye beside a password shows it, until the form is sent; rules below a new one are marked as they are kept.
for (const button of document.querySelectorAll("[data-show-password]")) {
  const input = button.parentElement.querySelector("input");
  const show = (visible) => {
    input.type = visible ? "text" : "password";
    button.setAttribute("aria-pressed", String(visible));
  };
  button.addEventListener("click", () => show(input.type === "password"));
  input.form?.addEventListener("submit", () => show(false));
}

const KINDS = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z\d]/];
const RULES = {
  length: (password, least) => [...password].length >= least,
  kinds: (password, least) => KINDS.filter((kind) => kind.test(password)).length >= least,
};

for (const rule of document.querySelectorAll("[data-password-rule]")) {
  const input = rule.closest(".field").querySelector("input");
  const mark = () => rule.classList.toggle("is-kept", RULES[rule.dataset.passwordRule](input.value, Number(rule.dataset.least)));
  input.addEventListener("input", mark);
  mark();
}
