// The planning page: sliders, sentences, a table and a picture.
"use strict";

const DATA = JSON.parse(document.getElementById("data").textContent);
const PLAN = Plan(DATA.surface, DATA.target);
const one = selector => document.querySelector(selector);
const INPUTS = Object.fromEntries(DATA.sliders.map(slider => [slider.name, one(`#${slider.name}`)]));
const AIM = `${100 * DATA.target} %`;
let view = null;

const said = (value, digits = 0) =>
  value.toLocaleString("en-GB", { minimumFractionDigits: digits, maximumFractionDigits: digits });
const percent = share => share > 0.99 ? "over 99 %" : share < 0.01 ? "under 1 %" : `${said(100 * share)} %`;
const years = number => number === 1 ? "one year" : `${said(number, number % 1 ? 1 : 0)} years`;

// Sliders of a quantity that is thought of in ratios move along its logarithm.
const valueOf = slider => {
  const x = Number(INPUTS[slider.name].value);
  return slider.logarithmic ? Number(Math.exp(x).toPrecision(2)) : x;
};
const placeOf = (slider, value) => slider.logarithmic ? Math.log(value) : value;
const shown = (slider, value) => `${said(value * slider.times, slider.digits)}${slider.unit}`;

function setting() {
  return Object.fromEntries(DATA.sliders.map(slider => [slider.name, valueOf(slider)]));
}

// What the surface knows: numbers of clients of each therapist between two ends.
function plan(now, time) {
  const wanted = now.clients_per_year * time, [least, most] = DATA.clients;
  const clients = Math.min(most, Math.max(least, wanted));
  return { ...now, clients, beyond: wanted > most ? "more" : wanted < least ? "fewer" : "" };
}

function sentences(now) {
  const here = plan(now, now.years), found = PLAN.at(here), lines = [];
  const [fewest, largest] = DATA.therapists, needed = PLAN.therapists(here, fewest, largest), least = PLAN.oddsRatio(here);
  const impossible = Math.log(now.odds_ratio) > PLAN.sdOf(now.vpc);
  if (impossible) {
    lines.push(`Burnout with an odds ratio of ${said(now.odds_ratio, 2)} would make therapists differ more than they do ` +
      "in all. Move the share of variance up, or the odds ratio down.");
  } else {
    lines.push(`<b>${percent(found.power)}</b> is the chance to find burnout’s effect (power), with ` +
      `${said(now.therapists)} therapists after ${years(now.years)}. ` + (needed === null ?
      `Even ${said(largest)} therapists are too few for ${AIM}.` : needed <= fewest ?
      `${said(fewest)} therapists would do for ${AIM}.` : `For ${AIM}, about <b>${said(Math.ceil(needed))}</b> therapists are needed.`));
    const endless = PLAN.at({ ...now, clients: DATA.clients[1] }).power;
    if (endless < DATA.target) lines.push(`Even with ${said(DATA.clients[1])} clients each it would be ${percent(endless)}: ` +
      "more years will not do, only more therapists.");
  }
  lines.push(least === null ?
    `No effect of burnout would be found with ${AIM}, even if it explained all that differs between therapists.` :
    `The smallest effect found with ${AIM} is an odds ratio of <b>${said(least, 2)}</b> per SD of burnout.`);
  lines.push(`The share of variance between therapists would be known to within an interval <b>${said(found.width, 2)}</b> wide.`);
  lines.push(`Of therapists whose rate is above ${DATA.ratio} the mean, ${percent(found.sensitivity)} would be flagged ` +
    `(probability at least ${DATA.probability}); of those flagged, ${percent(found.fdr)} would not be harmful.`);
  lines.push(`A raw rate’s reliability would be ${said(found.raw_rate, 2)}` +
    (found.raw_rate < DATA.reliable ? `; below ${said(DATA.reliable, 2)}, do not rank therapists by it.` : "."));
  if (here.beyond) lines.push(`This page knows ${said(DATA.clients[0])} to ${said(DATA.clients[1])} clients of each therapist; ` +
    `yours are ${here.beyond}, and the nearest number is shown. The command “iatrogenesis plan” takes any.`);
  return [lines, found];
}

function show() {
  const now = setting(), [lines] = sentences(now);
  for (const slider of DATA.sliders) {
    const text = shown(slider, now[slider.name]);
    one(`output[for="${slider.name}"]`).textContent = text;
    INPUTS[slider.name].setAttribute("aria-valuetext", text);
  }
  one("#answer").innerHTML = lines.map(line => `<li>${line}</li>`).join("");
  const times = DATA.years.filter(time => !plan(now, time).beyond || time === DATA.years[0]);
  const rows = [[1, "as set"], [2, "twice as many"]].flatMap(([factor, who]) => times.map(time => (
    { years: time, who, power: PLAN.at(plan({ ...now, therapists: Math.min(DATA.therapists[1], factor * now.therapists) }, time)).power })));
  one("#by-years").innerHTML = DATA.shown_years.filter(time => times.includes(time)).map(time => {
    const found = PLAN.at(plan(now, time));
    const cells = [percent(found.power), said(found.width, 2), percent(found.sensitivity), percent(found.fdr), said(found.raw_rate, 2)];
    return `<tr><th scope="row">${years(time)}</th>${cells.map(cell => `<td class="value">${cell}</td>`).join("")}</tr>`;
  }).join("");
  if (view) view.data("power", rows).runAsync();
  history.replaceState(null, "", `#${DATA.sliders.map(slider => now[slider.name]).join(",")}`);
}

function restore() {
  const parts = location.hash.slice(1).split(",").map(Number);
  DATA.sliders.forEach((slider, i) => {
    const given = Number.isFinite(parts[i]) && location.hash.length > 1 ? parts[i] : slider.usual;
    INPUTS[slider.name].value = placeOf(slider, Math.min(slider.high, Math.max(slider.low, given)));
  });
  show();
}

Object.values(INPUTS).forEach(input => input.addEventListener("input", show));
one("#usual").addEventListener("click", () => { location.hash = ""; restore(); });
one("#print").addEventListener("click", () => window.print());
window.addEventListener("hashchange", restore);
window.planner = { plan: PLAN, data: DATA };
vegaEmbed("#power", DATA.chart, { actions: false, renderer: "svg" }).then(result => {
  view = result.view;
  one("#power svg").setAttribute("aria-hidden", "true");
  restore();
  document.body.classList.add("ready");
});
