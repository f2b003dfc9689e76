// Guess first: the group says a number before the page does.
"use strict";

function Guess(data, words, ranges, shown) {
  const one = selector => document.querySelector(selector), form = one("#guess"), input = one("#guess-number");
  let state = "off";  // off, asked, told

  function set(next) {
    state = next;
    document.body.classList.toggle("guessing", state === "asked");
    form.hidden = state === "off";
    one("#guess-show").hidden = state !== "asked";
    one("#guess-again").hidden = state !== "told";
    one("#guess-button").setAttribute("aria-pressed", String(state !== "off"));
    if (state === "asked") input.value = "";
    shown();
    if (state === "asked") input.focus();
  }

  // Clients that were guessed, as whole ones of 1,000; null where nobody has said a number.
  function number() {
    const value = Number(input.value);
    return state === "off" || input.value === "" || !Number.isFinite(value) ? null : Math.min(1000, Math.max(0, Math.round(value)));
  }

  function tell(panel) {
    const line = one("#guess-said"), guess = number();
    if (state !== "told" || guess === null || panel.drawn() === null) { words.put(line, ""); return; }
    const { setting, found } = panel.drawn(), { worse } = headlines(found.averages);
    const [low, high] = ranges.at("worse", setting, worse).map(v => words.said(v));
    words.put(line, words.t("guess_said", { guess: words.said(guess), worse: words.said(allWorse(found.whole)), low, high }));
  }

  form.addEventListener("submit", event => { event.preventDefault(); set("told"); });
  one("#guess-again").addEventListener("click", () => set("asked"));
  one("#guess-button").addEventListener("click", () => set(state === "off" ? "asked" : "off"));
  input.addEventListener("input", () => shown());

  return {
    now: () => ({ hidden: state === "asked", number: number() }),
    tell, ask: () => set("asked"), stop: () => { if (state !== "off") set("off"); },
    next: () => set({ off: "asked", asked: "told", told: "off" }[state]),
  };
}
