// [data-live]: while its switch is on and somebody looks at the page, asks every few seconds for rows that came and puts them on
// top of the table. The switch stays on from page to page, for an hour. What has the focus and where one scrolled to stay.
const EVERY = 4000;
const SLOWEST = 60000;
const FOR = 60 * 60 * 1000;
const ANNOUNCE = 30000;
const ROWS = 500; // of more, the oldest leave
const KEPT = "latchkey-live-until";

const bar = document.querySelector("[data-live]");
const control = bar.querySelector("input");
const text = bar.querySelector("[data-live-text]");
const status = bar.querySelector("[role=status]");
const box = document.querySelector("[data-live-rows]");
const body = box.querySelector("tbody");
const empty = document.querySelector("[data-live-empty]");
const gap = bar.querySelector("template").content;

let after = bar.dataset.liveAfter;
let until = 0;
let wait = EVERY;
let timer;
let asking = false;
let came = 0;
let unsaid = 0;
let saidAt = 0;

const events = (number) => (number === 1 ? "1 new event" : `${number} new events`);

function stop(reason) {
  clearTimeout(timer);
  until = 0;
  control.checked = false;
  sessionStorage.removeItem(KEPT);
  text.textContent = status.textContent = reason;
}

function start(end) {
  until = end;
  sessionStorage.setItem(KEPT, end);
  wait = EVERY;
  came = unsaid = 0;
  text.textContent = "Waiting for what happens next";
  ask();
}

function next() {
  clearTimeout(timer);
  if (until && !document.hidden) timer = setTimeout(ask, wait);
}

async function ask() {
  clearTimeout(timer);
  if (!until || asking || document.hidden) return;
  if (Date.now() >= until) return stop("Stopped after an hour");
  asking = true;
  try {
    const answer = await fetch(`${bar.dataset.live}&after=${after}`, { redirect: "manual" });
    const page = answer.status === 200 ? await answer.text() : "";
    if (!until) return; // switched off meanwhile
    if (answer.type === "opaqueredirect") return stop("You were signed out. Reload the page");
    if (answer.status >= 500) throw new Error(answer.statusText);
    if (!answer.ok) return stop("This cannot be followed any more. Reload the page");
    wait = EVERY;
    if (page) add(new DOMParser().parseFromString(page, "text/html").querySelector("tbody"));
    text.textContent = came ? events(came) : "Waiting for what happens next";
    say();
  } catch {
    wait = Math.min(wait * 2, SLOWEST);
    text.textContent = "No answer, trying again";
  } finally {
    asking = false;
    next();
  }
}

function add(answer) {
  after = answer.dataset.liveCursor;
  const rows = [...answer.rows].filter((row) => !document.getElementById(row.id));
  if (!rows.length) return;
  for (const row of body.querySelectorAll(".is-new")) row.classList.remove("is-new");
  for (const row of rows) row.classList.add("is-new");
  const below = "liveMore" in answer.dataset ? gap.cloneNode(true) : "";
  keepPlace(() => body.prepend(...rows, below));
  box.hidden = false;
  empty?.remove();
  came += rows.length;
  unsaid += rows.length;
  trim();
}

// Browsers that do not keep the place themselves when something grows above it.
function keepPlace(change) {
  const anchor = !CSS.supports("overflow-anchor", "auto") && scrollY > 0 && body.querySelector("tr");
  const before = anchor && anchor.getBoundingClientRect().top;
  change();
  if (anchor && before < 0) scrollBy(0, anchor.getBoundingClientRect().top - before);
}

function trim() {
  const leaving = [...body.rows].slice(ROWS);
  if (!leaving.length || leaving.some((row) => row.contains(document.activeElement))) return;
  for (const row of leaving) row.remove();
  body.append(gap.cloneNode(true));
}

// A screen reader hears a sum now and then, never each row.
function say() {
  if (!unsaid || Date.now() - saidAt < ANNOUNCE) return;
  status.textContent = events(unsaid);
  saidAt = Date.now();
  unsaid = 0;
}

control.addEventListener("change", () => (control.checked ? start(Date.now() + FOR) : stop("")));
document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : ask()));

const kept = Number(sessionStorage.getItem(KEPT));
control.checked = kept > Date.now();
if (control.checked) start(kept);
