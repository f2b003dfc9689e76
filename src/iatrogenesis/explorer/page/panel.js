// One setting: its sliders, switches and stories, and the numbers and pictures that go with them.
"use strict";

const WIDE = { fates: 1000, also: 1000, work: 1 };

function numbersOf(data, surface, setting) {
  const measures = surface.at(setting.sliders, setting.on);
  const exact = surface.simulated(setting.sliders, setting.on);
  const found = {};
  for (const [kind, scale] of Object.entries(WIDE)) {
    for (const name of data[kind]) {
      const parts = Array.from({ length: data.clusters + 1 }, (_, i) => scale * measures[`${name}.${i}`]);
      found[name] = { value: parts[0], without: parts.slice(1), filled: exact ? 0 : data.off[name] * parts[0] };
    }
  }
  return { measures, averages: found, exact };
}

// Clients of 1,000 who end reliably worse, and how many more than if all were average.
const headlines = averages => ({
  worse: averages.worse_because.value + averages.worse_anyway.value,
  net: averages.worse_because.value - averages.spared.value,
});

// Half width of a 95 % interval: simulated services differ, and what lies between settings is filled in.
const halfWidth = (data, number) => data.t * Math.hypot(jackknife(number.without), number.filled);

function halfWidthOfDifference(data, a, b) {
  return data.t * Math.hypot(jackknife(b.without.map((v, i) => v - a.without[i])), a.filled, b.filled);
}

// Whole clients that add up to 1,000, each as near to its share as that allows.
function wholeClients(shares) {
  const floors = shares.map(Math.floor);
  const left = 1000 - floors.reduce((a, b) => a + b, 0);
  const order = shares.map((s, i) => [s - floors[i], i]).sort((a, b) => b[0] - a[0]);
  order.slice(0, left).forEach(([, i]) => { floors[i] += 1; });
  return floors;
}

// Rounded as people write it: a true minus sign, and no minus before a zero.
function said(value, digits) {
  const text = Math.abs(value).toLocaleString("en-GB", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return (value < 0 && Number(text.replace(",", "")) !== 0 ? "−" : "") + text;
}
const range = (low, high, digits) => `${said(low, digits)} to ${said(high, digits)}`;
const series = (measures, name) => Object.entries(measures)
  .filter(([key]) => key.startsWith(`${name}@`)).map(([key, value]) => [Number(key.split("@")[1]), value]);

const isDeviation = words => words.unit === "SD";

function position(data, k, x) {
  const words = data.sliders[k], sign = isDeviation(words) && x > 0 ? "+" : "";
  return `${sign}${said(x, x % 1 ? 2 : 0)} ${words.unit}`;
}

// Where so many standard deviations stand among 100 (the normal distribution, as by Page 1977, to half a per cent).
function stands(data, k, x) {
  if (!isDeviation(data.sliders[k])) return "";
  if (x === 0) return "average";
  return `above ${Math.round(100 / (1 + Math.exp(-1.5976 * x - 0.07056 * x ** 3)))} of 100 elsewhere`;
}

function Panel(root, data, surface, ranges, changed) {
  const one = selector => root.querySelector(selector);
  const inputs = data.sliders.map(s => one(`input[name$="-${s.name}"]`));
  const boxes = data.preventions.map(p => one(`input[value="${p.name}"]`));
  const stories = one("select");
  const views = {};

  const setting = () => ({
    sliders: inputs.map(input => Number(input.value)),
    on: boxes.flatMap((box, i) => box.checked ? [i] : []),
  });

  function put({ sliders, on }) {
    inputs.forEach((input, k) => { input.value = sliders[k]; });
    boxes.forEach((box, i) => { box.checked = on.includes(i); });
    show();
  }

  const fromStory = story => ({
    sliders: data.sliders.map(s => s.name in story.sliders ? story.sliders[s.name] : s.usual),
    on: data.preventions.flatMap((p, i) => story.preventions.includes(p.name) ? [i] : []),
  });

  function showStory(now) {
    const same = data.stories.findIndex(story => JSON.stringify(fromStory(story)) === JSON.stringify(now));
    stories.value = same < 0 ? "" : String(same);
    one(".story").textContent = same < 0 ? "A setting of your own." : data.stories[same].story;
  }

  function showControls(now) {
    inputs.forEach((input, k) => {
      const words = position(data, k, now.sliders[k]);
      input.setAttribute("aria-valuetext", `${words} ${stands(data, k, now.sliders[k])}`.trim());
      one(`output[for="${input.id}"]`).textContent = words;
      input.closest(".slider").querySelector(".stands").textContent = stands(data, k, now.sliders[k]);
    });
    const on = now.on.map(i => data.preventions[i].label.toLowerCase());
    one(".in-words").textContent = data.sliders.map((s, k) => `${s.label}: ${position(data, k, now.sliders[k])}`)
      .join(" · ") + ` · Done against harm: ${on.length ? on.join(", ") : "nothing in particular"}.`;
  }

  // The unit chart, the table and the sentence above agree to the client.
  function showNumbers(now, { averages, exact }) {
    const whole = wholeClients(data.fates.map(fate => averages[fate].value));
    for (const cell of root.querySelectorAll("[data-number]")) {
      const name = cell.dataset.number, number = averages[name], half = halfWidth(data, number);
      const digits = name === "sessions" ? 1 : 0, fate = data.fates.indexOf(name);
      cell.querySelector(".value").textContent = said(fate < 0 ? number.value : whole[fate], digits);
      cell.querySelector(".interval").textContent = half < 1e-9 ? "" :
        range(Math.max(0, number.value - half), number.value + half, digits);
    }
    const because = data.fates.indexOf("worse_because"), anyway = data.fates.indexOf("worse_anyway");
    const here = headlines(averages), [low, high] = ranges.at("worse", now, here.worse).map(v => said(v, 0));
    const net = whole[because] - Math.round(averages.spared.value);
    one(".answer").innerHTML = `Of 1,000 clients, <b>${whole[because] + whole[anyway]}</b> end reliably worse ` +
      `<span class="plausible">(in plausible worlds between ${low} and ${high})</span>: <b>${more(net)}</b> ` +
      `<span class="plausible">(${moreRange(ranges.at("net", now, here.net))})</span> ` +
      `${net === 0 ? "as" : "than"} if competence, burnout and fit were average and no route of harm were open.`;
    one(".how").textContent = exact ? "This very setting was simulated." :
      "Filled in between simulated settings; the intervals are wider for it.";
    return whole;
  }

  function tables(now, { measures }, whole) {
    const fates = data.fates.flatMap((fate, i) => Array(whole[i]).fill(fate));
    const fan = {};
    for (const p of [10, 25, 75, 90])
      for (const [session, value] of series(measures, `severity_${p}`)) (fan[session] ??= { session })[`p${p}`] = value;
    const months = {};
    for (const p of [10, 50, 90])
      for (const [week, value] of series(measures, `burnout_${p}`)) (months[week] ??= { week })[`p${p}`] = value;
    const off = series(measures, "off_track").map(([week, share]) => (
      { week, places: measures.places, off_track: measures.places * share }));
    return {
      clients: { clients: fates.map((fate, i) => ({ fate, x: Math.floor(i / data.rows), y: i % data.rows })) },
      courses: {
        fan: Object.values(fan),
        courses: Object.entries(data.clients).flatMap(([who, label]) =>
          series(measures, who).map(([session, severity]) => ({ session, severity, who, label }))),
      },
      burnout: {
        therapists: Object.values(months),
        one: series(measures, "burnout_one").map(([week, burnout]) => ({ week, burnout })),
      },
      places: { places: [...off, { ...off.at(-1), week: 52 }] },
    };
  }

  function describe(measures, whole) {
    const ends = name => { const s = series(measures, name); return [s[0][1], s.at(-1)[1]].map(v => said(v, 0)).join(" to "); };
    const off = series(measures, "off_track").map(([, share]) => share * measures.places);
    const words = {
      clients: data.fates.map((fate, i) => `${whole[i]} ${data.labels[fate].toLowerCase()}`).join(", "),
      courses: `Severity from first to last session: a client who gets worse ${ends("unlucky")}, typical ${ends("typical")}, one who gets better ${ends("lucky")} points`,
      burnout: `The middle therapist stands at ${said(series(measures, "burnout_50").at(-1)[1], 1)} SD at the end of the year`,
      places: `Of ${said(measures.places, 0)} clients at a time, ${range(Math.min(...off), Math.max(...off), 1)} are off track`,
    };
    for (const [chart, text] of Object.entries(words)) {
      one(`[data-words="${chart}"]`).textContent = text;
      one(`[data-chart="${chart}"]`).setAttribute("aria-label", text);
    }
  }

  function show() {
    if (root.hidden) return;
    const now = setting(), found = numbersOf(data, surface, now);
    showStory(now);
    showControls(now);
    const whole = showNumbers(now, found);
    describe(found.measures, whole);
    for (const [chart, named] of Object.entries(tables(now, found, whole))) {
      if (!views[chart]) continue;
      for (const [name, rows] of Object.entries(named)) views[chart].data(name, rows);
      views[chart].runAsync();
    }
    changed();
  }

  async function draw() {
    await Promise.all(Object.entries(data.charts).map(async ([name, spec]) => {
      const place = one(`[data-chart="${name}"]`);
      const result = await vegaEmbed(place, spec, { actions: false, renderer: "svg" });
      place.querySelector("svg").setAttribute("aria-hidden", "true");  // the picture is described as a whole
      views[name] = result.view;
    }));
    show();
  }

  stories.addEventListener("change", () => { if (stories.value !== "") put(fromStory(data.stories[Number(stories.value)])); });
  [...inputs, ...boxes].forEach(input => input.addEventListener("input", show));
  return { root, draw, show, put, setting, drawn: () => Object.keys(views).length > 0, fromStory };
}
