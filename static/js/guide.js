// The guide page: code samples follow a URI that was just saved; the list of steps follows the reader.
document.addEventListener("htmx:afterSwap", () => {
  for (const field of document.querySelectorAll("[data-saved-uri]")) {
    const samples = document.querySelectorAll(`[data-follows="${field.id}"]`);
    const uri = field.dataset.savedUri;
    for (const sample of samples) sample.textContent = partOf(uri, sample.dataset.part);
  }
});

// The same parts as console/guides/filling.py.
function partOf(uri, part) {
  if (!part) return uri;
  const [scheme] = uri.split(":");
  const { hostname, port, pathname, host } = new URL(uri);
  const ports = { http: "80", https: "443" };
  return {
    scheme,
    host: hostname,
    port: port || (ports[scheme] ?? ""),
    origin: `${scheme}://${host}`,
    path: pathname || "/",
  }[part];
}

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
