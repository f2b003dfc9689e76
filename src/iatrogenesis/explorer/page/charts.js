// Charts drawn by Vega: made when first seen, filled with new data after that.
"use strict";

function Charts(root, data, words) {
  const views = {};
  let wanted = {};

  async function draw(name) {
    const place = root.querySelector(`[data-chart="${name}"]`);
    const { view } = await vegaEmbed(place, words.chart(data.charts[name]), { actions: false, renderer: "svg" });
    place.querySelector("svg").setAttribute("aria-hidden", "true");  // the picture is described as a whole
    return view;
  }

  async function show(name, tables, description, signals = {}) {
    wanted[name] = tables;
    root.querySelector(`[data-chart="${name}"]`).setAttribute("aria-label", description);
    views[name] ??= draw(name);
    const view = await views[name];
    if (wanted[name] !== tables) return;  // another was asked for meanwhile
    for (const [table, rows] of Object.entries(tables)) view.data(table, rows);
    for (const [signal, value] of Object.entries(signals)) view.signal(signal, value);
    await view.runAsync();
  }

  async function forget() {  // for words in another language
    const old = await Promise.all(Object.values(views));
    old.forEach(view => view.finalize());
    for (const name of Object.keys(views)) delete views[name];
    wanted = {};
  }

  return { show, forget };
}

// Tables of the pictures that go with the sliders.
function tablesOf(data, words, measures) {
  const by = (name, shares, key) => {
    const rows = {};
    for (const p of shares) for (const [at, value] of series(measures, `${name}_${p}`)) (rows[at] ??= { [key]: at })[`p${p}`] = value;
    return Object.values(rows);
  };
  const who = { unlucky: "client_worse", typical: "client_typical", lucky: "client_better" };
  const off = series(measures, "off_track").map(([week, share]) =>
    ({ week, places: measures.places, off_track: measures.places * share }));
  return {
    courses: {
      fan: by("severity", [10, 25, 75, 90], "session"),
      courses: Object.entries(who).flatMap(([name, label]) =>
        series(measures, name).map(([session, severity]) => ({ session, severity, who: name, label: words.t(label) }))),
    },
    burnout: {
      therapists: by("burnout", [10, 50, 90], "week"),
      one: series(measures, "burnout_one").map(([week, burnout]) => ({ week, burnout })),
    },
    places: { places: [...off, { ...off.at(-1), week: 52 }] },
  };
}

// The same in words, for who cannot see them.
function described(words, measures) {
  const ends = name => { const s = series(measures, name); return words.range(s[0][1], s.at(-1)[1], 0); };
  const off = series(measures, "off_track").map(([, share]) => share * measures.places);
  return {
    courses: words.t("courses_words", { worse: ends("unlucky"), typical: ends("typical"), better: ends("lucky") }),
    burnout: words.t("burnout_words", { x: words.said(series(measures, "burnout_50").at(-1)[1], 1) }),
    places: words.t("places_words", {
      places: words.said(measures.places), low: words.said(Math.min(...off), 1), high: words.said(Math.max(...off), 1) }),
  };
}
