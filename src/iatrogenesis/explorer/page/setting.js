// A setting: where sliders stand and which steps are on; as a story, in words, and in the address.
"use strict";

function Settings(data, words) {
  const steps = data.preventions.map(p => p.name);
  const usual = () => ({ sliders: data.sliders.map(s => s.usual), on: [] });
  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

  const ofStory = story => ({
    sliders: data.sliders.map(s => s.name in story.sliders ? story.sliders[s.name] : s.usual),
    on: steps.flatMap((name, i) => story.preventions.includes(name) ? [i] : []),
  });
  const story = id => data.stories.find(one => one.id === id);
  const storyOf = setting => data.stories.find(one => same(ofStory(one), setting));

  function position(k, x) {
    const slider = data.sliders[k], said = words.slider(slider.name);
    if (String(x) in said.special) return said.special[String(x)];
    const sign = slider.deviation && x > 0 ? "+" : "";
    return said.says.replace("{x}", `${sign}${words.said(x, x % 1 ? 2 : 0)}`);
  }

  // Where so many standard deviations stand among 100 (the normal distribution, as by Page 1977, to half a per cent).
  function stands(k, x) {
    if (!data.sliders[k].deviation) return "";
    if (x === 0) return words.t("average");
    return words.t("stands", { n: Math.round(100 / (1 + Math.exp(-1.5976 * x - 0.07056 * x ** 3))) });
  }

  const stepsInWords = on => on.length ? on.map(i => words.step(steps[i]).label).join(", ") : words.t("nothing_done");

  const inWords = ({ sliders, on }) =>
    [...data.sliders.map((s, k) => `${words.slider(s.name).label}: ${position(k, sliders[k])}`),
      words.t("in_words_done", { steps: stepsInWords(on) })].join(" · ");

  // Which step an own step waits for, if that is not on.
  const waitsFor = (i, on) => {
    const other = data.preventions[i].needs;
    return other !== null && !on.includes(steps.indexOf(other)) ? other : null;
  };

  const written = ({ sliders, on }) => [...sliders, on.map(i => steps[i]).join("+")].join(",");

  // A setting from an address; what cannot be shown is left out, and said.
  function read(text, faults) {
    const parts = text.split(","), labels = data.sliders.map(s => words.slider(s.name).label);
    const sliders = data.sliders.map((s, k) => {
      const given = parts[k], label = labels[k];
      if (given === "" || given === undefined) return s.usual;
      const x = Number(given), [low, high] = s.ends;
      if (!Number.isFinite(x)) {
        faults.push(words.t("bad_number", { label, given }));
        return s.usual;
      }
      const used = Math.min(high, Math.max(low, x));
      if (used !== x) faults.push(words.t("bad_place", { label, given, low, high, used }));
      return used;
    });
    const names = (parts[data.sliders.length] || "").split("+").filter(name => name !== "");
    for (const given of [...names.filter(name => !steps.includes(name)), ...parts.slice(data.sliders.length + 1)])
      faults.push(words.t("bad_step", { given }));
    const asked = steps.flatMap((name, i) => names.includes(name) ? [i] : []);
    const on = asked.filter(i => waitsFor(i, asked) === null);
    for (const i of asked.filter(i => !on.includes(i)))
      faults.push(words.t("bad_needs", { step: words.step(steps[i]).label, other: words.step(data.preventions[i].needs).label }));
    return { sliders, on };
  }

  return { usual, same, story, ofStory, storyOf, position, stands, inWords, stepsInWords, waitsFor, written, read, steps };
}
