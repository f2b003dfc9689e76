// One setting: its sliders, switches and stories, and the numbers and pictures that go with them.
"use strict";

const IN_VIEW = { clients: [], courses: ["courses"], year: ["burnout", "places"], numbers: [], twin: [], vote: [] };

function Panel(root, data, { words, numbers, ranges, settings, view, other, guess, changed }) {
  const one = selector => root.querySelector(selector);
  const inputs = data.sliders.map(s => one(`input[name$="-${s.name}"]`));
  const boxes = data.preventions.map(p => one(`input[value="${p.name}"]`));
  const stories = one("select");
  const dots = Dots(one(".dots"), data), charts = Charts(root, data, words);
  let last = settings.usual(), before = null, moving = false;
  let again = false, following = null, drawn = null;  // what can be seen: a setting, and what was found there

  const setting = () => ({
    sliders: inputs.map(input => Number(input.value)),
    on: boxes.flatMap((box, i) => box.checked ? [i] : []),
  });

  function put({ sliders, on }, fresh = false) {
    inputs.forEach((input, k) => { input.value = sliders[k]; });
    boxes.forEach((box, i) => { box.checked = on.includes(i); });
    before = fresh ? null : last;
    if (fresh) last = setting();
    return show();
  }

  function showStory(now) {
    const story = settings.storyOf(now);
    stories.value = story ? story.id : "";
    words.put(one(".story"), story ? words.story(story.id).story : words.t("own_setting"));
    words.put(one(".ask"), story ? words.t("ask", { ask: words.story(story.id).ask }) : "");
  }

  // A switch that waits for another one says so, and cannot be turned on.
  function showSwitches(now) {
    boxes.forEach((box, i) => {
      const needed = settings.waitsFor(i, now.on), step = data.preventions[i];
      box.disabled = needed !== null;
      const about = [words.step(step.name).does];
      if (needed) about.push(words.t("needs", { other: words.step(needed).label }));
      else if (step.averts && !step.needs) {
        const [central, low, high] = step.averts.map(n => words.more(-n));
        about.push(words.t("averts", { central, low, high }));
      }
      words.put(document.getElementById(`${box.id}-does`), about.join(" "));
      box.closest(".switch").classList.toggle("waits", needed !== null);
    });
  }

  function showSliders(now, then) {
    inputs.forEach((input, k) => {
      const x = now.sliders[k], said = settings.position(k, x), stands = settings.stands(k, x), s = data.sliders[k];
      input.setAttribute("aria-valuetext", `${said} ${stands}`.trim());
      one(`output[for="${input.id}"]`).textContent = said;
      const slider = input.closest(".slider"), was = then?.sliders[k];
      slider.querySelector(".stands").textContent = stands;
      const mark = slider.querySelector(".was");
      mark.hidden = was === undefined || was === x;
      if (!mark.hidden) mark.style.setProperty("--at", (was - s.ends[0]) / (s.ends[1] - s.ends[0]));
    });
  }

  // The setting that ghosts stand for: the one before, or, of the second of two, the first.
  function compared() {
    const first = other();
    const found = first ? first.setting() : before;
    return found && !settings.same(found, setting()) ? found : null;
  }

  function answer(now, found) {
    const here = headlines(found.averages), [low, high] = ranges.at("worse", now, here.worse).map(v => words.said(v));
    const asUsual = data.sliders.every((s, k) => s.name === "vulnerability" || now.sliders[k] === s.usual);
    const net = found.whole.worse_because - found.whole.spared, values = {
      net: words.more(net), range: words.moreRange(ranges.at("net", now, here.net)),
      reference: words.t(asUsual ? "reference_usual" : "reference_moved"),
    };
    const said = words.t(net === 0 ? "answer_same" : "answer_net", values);
    words.put(one(".net"), said);
    words.put(one(".echo"), said);
    const rest = [words.t("answer_all", { worse: words.said(allWorse(found.whole)), low, high })];
    if (net < 0 && now.on.length) rest.push(words.t("helps_too"));
    words.put(one(".all"), rest.join(" "));
    words.put(one(".in-words"), settings.inWords(now));
  }

  // What has changed since another setting, in numbers and for the ghosts.
  function change(now, found, then) {
    const line = one(".change");
    if (!then) { words.put(line, ""); return null; }
    const was = numbers.of(then), more = headlines(found.averages).worse - headlines(was.averages).worse;
    words.put(line, words.t(other() ? "answer_than_a" : "answer_before", {
      change: words.more(allWorse(found.whole) - allWorse(was.whole)),
      range: words.moreRange(ranges.difference(then, now, more)) }));
    return allWorse(was.whole);
  }

  function showClients(found, was) {
    const guessed = guess(), hidden = guessed.hidden, worse = allWorse(found.whole);
    const ghost = guessed.number ?? was;
    dots.show(found.whole, ghost, hidden);
    for (const line of root.querySelectorAll("[data-key]")) line.querySelector(".count").textContent = hidden ? "?" : words.said(found.whole[line.dataset.key]);
    const parts = data.shown.map(fate => `${words.said(found.whole[fate])} ${words.t(`short_${fate}`)}`).join(", ");
    one(".dots").setAttribute("aria-label", hidden ? words.t("guess_ask") : words.t("dots", { parts }));
    const said = guessed.number !== null ? words.t("ghost_guess", { n: words.said(guessed.number) }) :
      was === null || was === worse ? "" :
      words.t(worse > was ? "ghost_more" : "ghost_fewer", { n: words.said(Math.abs(worse - was)) });
    words.put(one(".ghost"), said);
  }

  // The unit chart, the table and the sentence agree to the client.
  function showTable({ averages, whole }) {
    for (const row of root.querySelectorAll("[data-number]")) {
      const name = row.dataset.number, number = averages[name], half = numbers.half(number), digits = digitsOf(name);
      row.querySelector(".value").textContent = words.said(name in whole ? whole[name] : number.value, digits);
      row.querySelector(".interval").textContent = half < 1e-9 ? "" :
        words.range(Math.max(0, number.value - half), number.value + half, digits);
    }
  }

  // Controls at once; the rest when it is simulated.
  function show() {
    if (root.hidden) return Promise.resolve();
    boxes.forEach((box, i) => { if (settings.waitsFor(i, setting().on) !== null) box.checked = false; });
    last = setting();
    showStory(last);
    showSwitches(last);
    showSliders(last, compared());
    again = true;
    following ??= follow();
    return following;
  }

  // Where controls move faster than clients are simulated, settings in between are passed over.
  async function follow() {
    try {
      while (again) {
        again = false;
        root.setAttribute("aria-busy", "true");
        const now = setting(), then = compared();
        for (const one of then ? [now, then] : [now]) await numbers.soon(one);
        showFound(now, then);
        if (!again) await showPictures();
      }
    } finally {
      following = null;
    }
  }

  function showFound(now, then) {
    const found = numbers.of(now);
    drawn = { setting: now, found };
    answer(now, found);
    showClients(found, change(now, found, then));
    showTable(found);
    root.removeAttribute("aria-busy");
    changed();
  }

  function showPictures() {
    const { series } = drawn.found;
    return Promise.all(IN_VIEW[view()].map(name =>
      charts.show(name, tablesOf(data, words, series())[name], described(words, series())[name])));
  }

  // A gesture begins with the first move after the last one ended; ghosts keep where it began.
  function moved() {
    if (!moving) { before = last; moving = true; }
    show();
  }

  function ended() {
    moving = false;
  }

  stories.addEventListener("change", () => { if (stories.value !== "") put(settings.ofStory(settings.story(stories.value))); });
  for (const input of [...inputs, ...boxes]) {
    input.addEventListener("input", moved);
    input.addEventListener("change", ended);
  }

  // As a key does that moves the first slider by a step.
  function push(by) {
    const input = inputs[0];
    input[by > 0 ? "stepUp" : "stepDown"]();
    moved();
    ended();
  }

  return { root, show, put, push, setting, drawn: () => drawn, forget: charts.forget };
}
