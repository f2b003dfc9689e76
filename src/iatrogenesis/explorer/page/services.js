// Services of the study's simulator, compiled for the page, at any setting: what becomes of every client. A worker has this
// function and `Calendar` as text, and nothing else.
"use strict";

// Given the simulator as explorer/live packs it, the names of what is counted, and how many sessions and weeks are kept.
async function Services({ simulator, names, sessions: SESSIONS, weeks: WEEKS }) {
  const { code, layout, design, first, anyway, begun } = simulator;  // first: client on each list, of all clients
  const unpacked = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));
  const worseAnyway = unpacked(anyway);  // a bit for each client: worse in the reference world
  const total = first.at(-1), C = layout.c, T = layout.t;
  const people = design.replicates * design.therapists, number = design.replicates * design.services;
  const { instance } = await WebAssembly.instantiate(unpacked(code), { math: Math });
  const calendar = Calendar(instance.exports, layout, design);

  const isWorseAnyway = client => worseAnyway[client >> 3] >> (client & 7) & 1;

  // Nothing has happened in any service.
  function empty() {
    return {
      clients: new Float64Array(number), therapistWeeks: new Float64Array(number),
      sums: Object.fromEntries(names.map(name => [name, new Float64Array(number)])),
      severity: new Float64Array(total * SESSIONS),
      weeks: Object.fromEntries(["burnout", "judged", "distressed"].map(name => [name, new Float64Array(people * WEEKS)])),
      caseload: new Float64Array(people),
    };
  }

  // Put what happens in one service, at a setting by the names of parameters, into its places.
  function simulate({ clients, therapistWeeks, sums, severity, weeks, caseload }, setting, service) {
    const replicate = Math.floor(service / design.services), last = new Map(), { memory } = calendar;
    const person = index => replicate * design.therapists + index;
    const row = client => first[person(client.home)] + client.index - design.first;
    const { improved, unchanged, not_judged, worse_anyway, worse_because, spared, sessions, begun: began } = sums;
    const counted = ["dropped_out", "worse_at_follow_up", "crises"].map(name => [sums[name], C[name]]);
    calendar.set(setting);
    calendar.service(replicate, service % design.services, WEEKS, {
      session(client, slot) {
        const session = memory[slot + C.session];
        if (session <= SESSIONS) severity[row(client) * SESSIONS + session - 1] = memory[slot + C.severity];
      },
      end(client, slot) {
        const at = row(client), anyway = isWorseAnyway(at), session = memory[slot + C.session], start = memory[slot + C.start_week];
        const done = memory[slot + C.finished], worse = memory[slot + C.deteriorated], better = memory[slot + C.improved];
        clients[service] += 1;
        improved[service] += better;
        unchanged[service] += done - worse - better;
        not_judged[service] += 1 - done;
        (anyway ? worse_anyway : worse_because)[service] += worse;
        spared[service] += anyway ? 1 - worse : 0;
        for (const [sum, place] of counted) sum[service] += memory[slot + place];
        sessions[service] += session;
        began[service] += start >= begun[0] && start < begun[1] ? 1 : 0;
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
    therapistWeeks[service] = [...last.values()].reduce((a, b) => a + b, 0);
  }

  return { number, empty, simulate };
}
