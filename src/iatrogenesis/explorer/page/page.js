// The page: two panels, the difference between them, and the address that keeps both.
"use strict";

const DATA = JSON.parse(document.getElementById("data").textContent);
const SURFACE = Surface(DATA);
const RANGES = Ranges(DATA);
const PANELS = [...document.querySelectorAll(".panel")].map(root => Panel(root, DATA, SURFACE, RANGES, changed));
const COMPARE = document.getElementById("compare");

const written = ({ sliders, on }) => [...sliders, on.map(i => DATA.preventions[i].name).join("+")].join(",");

// A setting from an address; whatever it does not say, or says wrongly, stands as usual.
function read(text) {
  const parts = text.split(","), names = (parts[DATA.sliders.length] || "").split("+");
  return {
    sliders: DATA.sliders.map((s, k) => {
      const x = parts[k] === "" || parts[k] === undefined ? NaN : Number(parts[k]);
      return Number.isFinite(x) ? Math.min(s.levels.at(-1), Math.max(s.levels[0], x)) : s.usual;
    }),
    on: DATA.preventions.flatMap((p, i) => names.includes(p.name) ? [i] : []),
  };
}

function inWords(one, other) {
  const [a, b] = PANELS.map(panel => panel.setting());
  const change = headlines(other).worse - headlines(one).worse;
  return `In the second, ${more(change)} of 1,000 clients end reliably worse ` +
    `(in plausible worlds ${moreRange(RANGES.difference(a, b, change))}).`;
}

function difference() {
  const [a, b] = PANELS.map(panel => numbersOf(DATA, SURFACE, panel.setting()).averages);
  for (const row of document.querySelectorAll("[data-difference]")) {
    const name = row.dataset.difference, change = b[name].value - a[name].value;
    const half = halfWidthOfDifference(DATA, a[name], b[name]), digits = name === "sessions" ? 1 : 0;
    row.querySelector(".value").textContent = (change > 0 && said(change, digits) !== said(0, digits) ? "+" : "") + said(change, digits);
    row.querySelector(".interval").textContent = half < 1e-9 ? "" : range(change - half, change + half, digits);
  }
  document.getElementById("difference-answer").textContent = inWords(a, b);
}

let restored = false;  // until then the address is to be read, not written

function changed() {
  if (!restored) return;
  if (COMPARE.checked) difference();
  const parts = [`a=${written(PANELS[0].setting())}`];
  if (COMPARE.checked) parts.push(`b=${written(PANELS[1].setting())}`);
  history.replaceState(null, "", `#${parts.join("&")}`);
}

async function compare(on) {
  COMPARE.checked = on;
  document.body.classList.toggle("comparing", on);
  PANELS[1].root.hidden = !on;
  document.getElementById("difference").hidden = !on;
  if (on && !PANELS[1].drawn()) await PANELS[1].draw();
  PANELS.forEach(panel => panel.show());
  window.dispatchEvent(new Event("resize"));
}

// Panels named in the address; one that cannot be read counts as empty.
function address() {
  let text = location.hash.slice(1);
  try { text = decodeURIComponent(text); } catch { text = ""; }
  return Object.fromEntries(text.split("&").map(part => part.split(/=(.*)/s)));
}

async function restore() {
  restored = false;
  const parts = address();
  PANELS[0].put(read(parts.a || ""));
  PANELS[1].put(read(parts.b || ""));
  await compare("b" in parts);
  restored = true;
  changed();
}

async function copyLink() {
  const done = document.getElementById("copied");
  try {
    await navigator.clipboard.writeText(location.href);
    done.textContent = "Link copied: it opens this page with this setting.";
  } catch {
    done.textContent = "Copy the address of this page from the browser's address bar; it keeps the setting.";
  }
}

COMPARE.addEventListener("change", () => compare(COMPARE.checked));
document.getElementById("print").addEventListener("click", () => window.print());
document.getElementById("copy").addEventListener("click", copyLink);
window.addEventListener("hashchange", restore);
window.explorer = { at: SURFACE.at, ranges: RANGES, data: DATA };
PANELS[0].draw().then(restore).then(() => document.body.classList.add("ready"));
