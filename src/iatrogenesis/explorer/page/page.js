// The page: panels and views brought together, and the address that keeps them.
"use strict";

const DATA = JSON.parse(document.getElementById("data").textContent);
const VIEWS = [...document.querySelectorAll("[data-view-button]")].map(button => button.dataset.viewButton);
const words = Words(DATA), ranges = Ranges(DATA), simulator = Simulator(DATA);
const numbers = Numbers(DATA, simulator), settings = Settings(DATA, words);
const byId = id => document.getElementById(id);
let view = "clients", restored = false;  // until then the address is to be read, not written

const guess = Guess(DATA, words, ranges, () => PANELS.forEach(panel => panel.show()));
const PANELS = [...document.querySelectorAll(".panel")].map((root, i) => Panel(root, DATA, {
  words, numbers, ranges, settings, view: () => view,
  changed: () => {
    changed();
    if (i === 0 && restored && compare.on()) PANELS[1].show();  // whose ghosts follow the first
  },
  other: () => i === 1 ? PANELS[0] : null,
  guess: () => i === 0 ? guess.now() : { hidden: guess.now().hidden, number: null },
}));
const compare = Compare(DATA, words, numbers, ranges, PANELS);
const twin = Twin(DATA, words), picture = Picture(DATA, words, settings);
const vote = Vote(DATA, words, settings, on => {  // ghosts are those of the same service without the three
  const stop = DATA.tour.find(one => one.view === "vote");
  if (stop) PANELS[0].put(settings.ofStory(settings.story(stop.story)), true);
  PANELS[0].put({ ...PANELS[0].setting(), on });
  look("clients");
});
const tour = Tour(DATA, words, stop => {
  const setting = settings.ofStory(settings.story(stop.story));
  if (stop.against) {
    PANELS[0].put(settings.ofStory(settings.story(stop.against)), true);
    compare.set(true, setting);
  } else {
    compare.set(false);
    PANELS[0].put(setting, true);
  }
  look(stop.view);
  if (stop.guess) guess.ask();
  else guess.stop();
});

// Show one of the views.
function look(name) {
  view = name;
  document.body.dataset.view = name;
  for (const button of document.querySelectorAll("[data-view-button]"))
    button.setAttribute("aria-pressed", String(button.dataset.viewButton === name));
  byId("twin").hidden = name !== "twin";
  byId("vote").hidden = name !== "vote";
  byId("panels").hidden = name === "twin";
  if (name !== "twin") twin.stop();
  changed();
  return name === "twin" ? twin.show() : Promise.all(PANELS.map(panel => panel.show()));
}

function changed() {
  if (!restored) return;
  guess.tell(PANELS[0]);
  if (compare.on()) compare.difference();
  const parts = [`a=${settings.written(PANELS[0].setting())}`];
  if (compare.on()) parts.push(`b=${settings.written(PANELS[1].setting())}`);
  if (view !== "clients") parts.push(`view=${view}`);
  if (words.language() !== "en") parts.push(`lang=${words.language()}`);
  history.replaceState(null, "", `#${parts.join("&")}`);
}

// What an address asks for; what it asks for in vain is said.
function address(faults) {
  let text = location.hash.slice(1);
  try { text = decodeURIComponent(text); } catch { faults.push(words.t("bad_part", { given: text })); text = ""; }
  const parts = {};
  for (const part of text.split("&").filter(part => part !== "")) {
    const [name, value] = part.split(/=(.*)/s), known = { view: VIEWS, lang: Object.keys(DATA.words) }[name];
    if (value === undefined || !["a", "b", "view", "lang"].includes(name) || (known && !known.includes(value)))
      faults.push(words.t("bad_part", { given: part }));
    else parts[name] = value;
  }
  return parts;
}

async function restore() {
  restored = false;
  const early = address([]);
  if (early.lang) await speak(early.lang);
  const faults = [], parts = address(faults);
  PANELS[0].put(settings.read(parts.a || "", faults), true);
  compare.set("b" in parts, settings.read(parts.b || "", faults));
  byId("notice").hidden = faults.length === 0;
  words.put(byId("notice-said"), faults.length ? words.t("bad_link", { faults: faults.join("; ") }) : "");
  await look(parts.view || "clients");
  restored = true;
  changed();
}

async function speak(language) {
  words.use(language);
  byId("language").value = language;
  words.translate();
  await Promise.all([...PANELS, twin].map(part => part.forget()));
  vote.forget();
  tour.forget();
  return view === "twin" ? twin.show() : Promise.all(PANELS.map(panel => panel.show()));
}

async function copyLink() {
  try {
    await navigator.clipboard.writeText(location.href);
    words.put(byId("copied"), words.t("copied"));
  } catch {
    words.put(byId("copied"), words.t("copy_by_hand"));
  }
}

const shownPanels = () => compare.on() ? PANELS : PANELS.slice(0, 1);
const toggleCompare = () => compare.set(!compare.on());

Present({
  push: by => PANELS[0].push(by), step: tour.step, guess: guess.next, compare: toggleCompare,
  nextView: () => look(VIEWS[(VIEWS.indexOf(view) + 1) % VIEWS.length]),
});
for (const button of document.querySelectorAll("[data-view-button]")) button.addEventListener("click", () => look(button.dataset.viewButton));
byId("compare").addEventListener("click", toggleCompare);
byId("print").addEventListener("click", () => window.print());
byId("copy").addEventListener("click", copyLink);
byId("picture").addEventListener("click", () => picture.save(shownPanels()));
byId("notice-close").addEventListener("click", () => { byId("notice").hidden = true; });
byId("language").addEventListener("change", () => speak(byId("language").value));
window.addEventListener("hashchange", restore);
window.explorer = { at: simulator.at, ranges, words, data: DATA, slide: () => picture.canvas(shownPanels()) };
byId("language").value = words.language();
words.translate();
simulator.start().then(() => restore().then(() => document.body.classList.add("ready")), () => {
  words.put(byId("notice-said"), words.t("no_simulator"));
  byId("notice").hidden = false;
});
