// Filters the frameworks while one types or ticks; the address follows, so that a reload shows the same.
const gallery = document.querySelector("[data-gallery]");
const form = gallery.querySelector("form");
const groups = [...gallery.querySelectorAll("[data-gallery-group]")];
const nothing = gallery.querySelector("[data-gallery-nothing]");
const whole = !location.search;

function filter() {
  const chosen = new FormData(form).getAll("category");
  const words = form.elements.search.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const group of groups) {
    const id = group.dataset.galleryGroup;
    const wanted = chosen.length ? chosen.includes(id) : !(words.length && id === "popular");
    let found = 0;
    for (const item of group.querySelectorAll("[data-gallery-text]")) {
      const text = item.dataset.galleryText.toLowerCase();
      item.hidden = !words.every((word) => text.includes(word));
      found += Number(!item.hidden);
    }
    group.hidden = !wanted || found === 0;
  }
  nothing.hidden = groups.some((group) => !group.hidden);
}

// A page that was filtered by the server lacks the other cards: it filters by asking again.
if (whole) {
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  filter();
} else {
  form.addEventListener("change", () => form.requestSubmit());
}
