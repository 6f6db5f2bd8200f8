// [data-tabset="key"] holds panels with data-tab="Title"; they become tabs. All sets with one key move together and the
// choice is remembered. Without a script the panels stand one below the other.
const KEY = "latchkey-tab-";
const sets = [...document.querySelectorAll("[data-tabset]")];

sets.forEach((set, number) => {
  const list = document.createElement("div");
  list.className = "tabset__list";
  list.setAttribute("role", "tablist");
  list.setAttribute("aria-label", set.dataset.tabsetLabel || "Variants");
  panels(set).forEach((panel, index) => {
    const tab = document.createElement("button");
    panel.id ||= `tabset-${number}-${index}`;
    Object.assign(tab, { type: "button", className: "tabset__tab", id: `${panel.id}-tab`, textContent: panel.dataset.tab });
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", panel.id);
    tab.addEventListener("click", () => choose(set.dataset.tabset, panel.dataset.tab));
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", tab.id);
    list.append(tab);
  });
  list.addEventListener("keydown", (event) => move(event, list));
  set.prepend(list);
  select(set, localStorage.getItem(KEY + set.dataset.tabset));
});

// On a phone a row of links is longer than the screen: the one that is open is in sight.
for (const tab of document.querySelectorAll('.tabs [aria-current="page"]')) {
  const row = tab.closest(".tabs"), middle = tab.getBoundingClientRect(), all = row.getBoundingClientRect();
  row.scrollLeft += middle.left + middle.width / 2 - all.left - all.width / 2;
}

function panels(set) {
  return [...set.children].filter((child) => child.dataset.tab);
}

function choose(key, title) {
  localStorage.setItem(KEY + key, title);
  for (const set of sets) if (set.dataset.tabset === key) select(set, title);
}

function select(set, title) {
  const all = panels(set);
  const chosen = all.find((panel) => panel.dataset.tab === title) || all[0];
  all.forEach((panel, index) => {
    const tab = set.firstElementChild.children[index];
    panel.hidden = panel !== chosen;
    tab.setAttribute("aria-selected", String(panel === chosen));
    tab.tabIndex = panel === chosen ? 0 : -1;
  });
}

function move(event, list) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const tabs = [...list.children];
  const next = tabs[(tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length];
  next.focus();
  next.click();
}
