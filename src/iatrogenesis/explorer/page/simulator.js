// The study's simulator, compiled for the page, at any setting: every client's course, and what each service adds up to.
"use strict";

// As in measure.py.
const SESSIONS = 16, WEEKS = 53;
const MOST_KEPT = 12, SLICE = 12;  // settings that are kept; milliseconds of work after which the page may do something else

const unpacked = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));

// Until the page has seen to what else there is.
const turn = () => new Promise(go => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => { port1.close(); go(); };
  port2.postMessage(null);
});

function Simulator(data) {
  const { code, layout, design, first, anyway, begun } = data.simulator;  // first: client on each list, of all clients
  const worseAnyway = unpacked(anyway);  // a bit for each client: worse in the reference world
  const total = first.at(-1), C = layout.c, T = layout.t;
  const people = design.replicates * design.therapists, clusters = design.replicates * design.services;
  const known = new Map();
  let calendar = null;

  async function start() {
    const { instance } = await WebAssembly.instantiate(unpacked(code), { math: Math });
    calendar = Calendar(instance.exports, layout, design);
  }

  const isWorseAnyway = client => worseAnyway[client >> 3] >> (client & 7) & 1;

  // What became of everybody at a setting; whoever asks may pause after each service, and simulate another setting there.
  function* simulate(sliders, on) {
    const set = Object.fromEntries([
      ...data.sliders.map((s, k) => [s.name, sliders[k]]),
      ...data.preventions.map((p, i) => [`on.${p.name}`, on.includes(i) ? 1 : 0]),
    ]);
    const found = {
      clients: new Float64Array(clusters), therapistWeeks: new Float64Array(clusters),
      sums: Object.fromEntries([...data.fates, ...data.also, "sessions", "begun"].map(name => [name, new Float64Array(clusters)])),
      severity: new Float64Array(total * SESSIONS),
      weeks: Object.fromEntries(["burnout", "judged", "distressed"].map(name => [name, new Float64Array(people * WEEKS)])),
      caseload: new Float64Array(people),
    };
    for (let replicate = 0; replicate < design.replicates; replicate++) {
      for (let service = 0; service < design.services; service++) {
        calendar.set(set);
        simulateService(found, replicate, service);
        yield;
      }
    }
    return found;
  }

  function simulateService({ clients, therapistWeeks, sums, severity, weeks, caseload }, replicate, service) {
    const cluster = replicate * design.services + service, last = new Map(), { memory } = calendar;
    const person = index => replicate * design.therapists + index;
    const number = client => first[person(client.home)] + client.index - design.first;
    const { improved, unchanged, not_judged, worse_anyway, worse_because, spared, sessions, begun: began } = sums;
    const counted = ["dropped_out", "worse_at_follow_up", "crises"].map(name => [sums[name], C[name]]);
    calendar.service(replicate, service, WEEKS, {
      session(client, slot) {
        const session = memory[slot + C.session];
        if (session <= SESSIONS) severity[number(client) * SESSIONS + session - 1] = memory[slot + C.severity];
      },
      end(client, slot) {
        const at = number(client), anyway = isWorseAnyway(at), session = memory[slot + C.session], start = memory[slot + C.start_week];
        const done = memory[slot + C.finished], worse = memory[slot + C.deteriorated], better = memory[slot + C.improved];
        clients[cluster] += 1;
        improved[cluster] += better;
        unchanged[cluster] += done - worse - better;
        not_judged[cluster] += 1 - done;
        (anyway ? worse_anyway : worse_because)[cluster] += worse;
        spared[cluster] += anyway ? 1 - worse : 0;
        for (const [sum, place] of counted) sum[cluster] += memory[slot + place];
        sessions[cluster] += session;
        began[cluster] += start >= begun[0] && start < begun[1] ? 1 : 0;
        last.set(client.home, Math.max(last.get(client.home) || 0, start + session));
        if (session < SESSIONS) severity.fill(memory[slot + C.severity], at * SESSIONS + session, (at + 1) * SESSIONS);
      },
      week(week, index, slot, seated) {
        const who = person(index), full = seated >= memory[slot + T.caseload];
        caseload[who] = memory[slot + T.caseload];
        weeks.burnout[week * people + who] = memory[slot + T.burnout];
        for (const name of ["judged", "distressed"]) weeks[name][week * people + who] = full ? memory[slot + T[name]] : 0;
      },
    });
    therapistWeeks[cluster] = [...last.values()].reduce((a, b) => a + b, 0);
  }

  // A setting as it was simulated: its averages by name, over all services and with each left out, and its series.
  function at(sliders, on) {
    const key = JSON.stringify([sliders, on]);
    if (!known.has(key)) proceed(key, on, simulate(sliders, on));
    const found = known.get(key);
    known.delete(key);  // and last again: who was asked for longest ago is forgotten first
    known.set(key, found);
    return found;
  }

  // Simulate on, until the end or some time.
  function proceed(key, on, work, until = Infinity) {
    let step = work.next();
    while (!step.done && performance.now() < until) step = work.next();
    if (!step.done) return;
    let drawn = null;
    known.set(key, { averages: averagesOf(data, step.value, on), series: () => drawn ??= seriesOf(data, step.value) });
    if (known.size > MOST_KEPT) known.delete(known.keys().next().value);
  }

  // Simulate a setting bit by bit, so that the page answers meanwhile.
  async function soon(sliders, on) {
    const key = JSON.stringify([sliders, on]), work = simulate(sliders, on);
    while (!known.has(key)) {
      proceed(key, on, work, performance.now() + SLICE);
      await turn();
    }
  }

  return { start, at, soon };
}
