// The guide page: code samples follow a URI that was just saved; the list of steps follows the reader.
document.addEventListener("htmx:afterSwap", () => {
  for (const field of document.querySelectorAll("[data-saved-uri]")) {
    const samples = document.querySelectorAll(`[data-follows="${field.id}"]`);
    const uri = field.dataset.savedUri;
    for (const sample of samples) sample.textContent = sample.dataset.part === "scheme" ? uri.split(":")[0] : uri;
  }
});

const links = [...document.querySelectorAll("[data-steps] a")];
const steps = links.map((link) => document.querySelector(link.hash));

function mark() {
  const line = innerHeight * 0.35;
  let current = steps.findLastIndex((step) => step.getBoundingClientRect().top <= line);
  if (scrollY + innerHeight >= document.documentElement.scrollHeight - 2) current = steps.length - 1;
  links.forEach((link, index) => {
    if (index === Math.max(current, 0)) link.setAttribute("aria-current", "step");
    else link.removeAttribute("aria-current");
  });
}

if (links.length) {
  addEventListener("scroll", mark, { passive: true });
  mark();
}
