// Two settings side by side, and the difference between them.
"use strict";

function Compare(data, words, numbers, ranges, panels) {
  const button = document.getElementById("compare");
  let on = false;

  function difference() {
    const [first, second] = panels.map(panel => panel.drawn());
    if (first === null || second === null) return;
    const { averages: a, whole: wholeA } = first.found, { averages: b, whole: wholeB } = second.found;
    for (const row of document.querySelectorAll("[data-difference]")) {
      const name = row.dataset.difference, change = b[name].value - a[name].value, digits = digitsOf(name);
      const shown = name in wholeA ? wholeB[name] - wholeA[name] : change;
      const half = numbers.halfOfDifference(a[name], b[name]), said = words.said(shown, digits);
      row.querySelector(".value").textContent = (shown > 0 && /[1-9]/.test(said) ? "+" : "") + said;
      row.querySelector(".interval").textContent = half < 1e-9 ? "" : words.range(change - half, change + half, digits);
    }
    const change = headlines(b).worse - headlines(a).worse, alike = JSON.stringify(first.setting) === JSON.stringify(second.setting);
    words.put(document.getElementById("difference-answer"), alike ? words.t("difference_none") : words.t("difference_answer", {
      change: words.more(allWorse(wholeB) - allWorse(wholeA)),
      range: words.moreRange(ranges.difference(first.setting, second.setting, change)) }));
  }

  // The second begins as a copy of the first, unless a setting is given.
  function set(wanted, setting = panels[0].setting()) {
    on = wanted;
    document.body.classList.toggle("comparing", on);
    button.setAttribute("aria-pressed", String(on));
    panels[1].root.hidden = !on;
    document.getElementById("difference").hidden = !on;
    if (on) panels[1].put(setting, true);
    return panels[0].show();
  }

  return { set, difference, on: () => on };
}
