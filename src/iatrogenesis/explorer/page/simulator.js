// The study's simulator at any setting of the page: what each service adds up to, and the series that pictures show.
"use strict";

const MOST_KEPT = 12, SLICE = 12;  // settings that are kept; milliseconds of work after which the page may do something else

// Until the page has seen to what else there is.
const turn = () => new Promise(go => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => { port1.close(); go(); };
  port2.postMessage(null);
});

function Simulator(data) {
  const names = [...data.fates, ...data.also, "sessions", "begun"];
  const given = { simulator: data.simulator, names, sessions: SESSIONS, weeks: WEEKS };
  const known = new Map();
  let services = null, workers = null;

  async function start() {
    services = await Services(given);
    try { workers = Workers(given); } catch { workers = null; }  // a browser may forbid them
  }

  const keyOf = (sliders, on) => JSON.stringify([sliders, on]);
  const parameters = (sliders, on) => Object.fromEntries([
    ...data.sliders.map((s, k) => [s.name, sliders[k]]),
    ...data.preventions.map((p, i) => [`on.${p.name}`, on.includes(i) ? 1 : 0]),
  ]);

  // What became of everybody at a setting; whoever asks may pause after each service, and simulate another setting there.
  function* simulate(setting) {
    const found = services.empty();
    for (let service = 0; service < services.number; service++) {
      services.simulate(found, setting, service);
      yield;
    }
    return found;
  }

  function keep(key, on, found) {
    let drawn = null;
    known.set(key, { averages: averagesOf(data, found, on), series: () => drawn ??= seriesOf(data, found) });
    if (known.size > MOST_KEPT) known.delete(known.keys().next().value);
  }

  // Simulate on, until the end or some time.
  function proceed(key, on, work, until = Infinity) {
    let step = work.next();
    while (!step.done && performance.now() < until) step = work.next();
    if (step.done) keep(key, on, step.value);
  }

  // A setting as it was simulated: its averages by name, over all services and with each left out, and its series.
  function at(sliders, on) {
    const key = keyOf(sliders, on);
    if (!known.has(key)) proceed(key, on, simulate(parameters(sliders, on)));
    const found = known.get(key);
    known.delete(key);  // and last again: who was asked for longest ago is forgotten first
    known.set(key, found);
    return found;
  }

  // Simulate a setting while the page answers: in workers, or bit by bit.
  async function soon(sliders, on) {
    const key = keyOf(sliders, on), setting = parameters(sliders, on);
    if (workers && !known.has(key)) {
      const found = await workers.simulate(setting).catch(() => { workers = null; });
      if (found) keep(key, on, found);
    }
    const work = simulate(setting);
    while (!known.has(key)) {
      proceed(key, on, work, performance.now() + SLICE);
      await turn();
    }
  }

  return { start, at, soon };
}
