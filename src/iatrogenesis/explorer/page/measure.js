// What the page shows of a simulated setting: as in measure.py, which says what each is.
"use strict";

const SESSIONS = 16, WEEKS = 53;  // that are kept
const FAN = [0.10, 0.25, 0.75, 0.90], YEAR_FAN = [0.10, 0.50, 0.90], MONTH = 4;
const TENTHS = { lucky: [0.0, 0.1], typical: [0.45, 0.55], unlucky: [0.9, 1.0] };

// Each average over all services, then with each left out.
function averagesOf(data, { clients, therapistWeeks, sums }, on) {
  const { begun, costs, design } = data.simulator;
  const sum = values => values.reduce((a, b) => a + b, 0);
  const ratios = (above, below) => {
    const [a, b] = [sum(above), sum(below)];
    return [a / b, ...Array.from(above, (value, i) => (a - value) / (b - below[i]))];
  };
  const years = Array.from(clients, (_, i) => staffOf(design, i % design.services) * (begun[1] - begun[0]) / 52);
  const minutes = Array.from(clients, (number, i) => sum(on.map(k => {
    const { per_client, per_session, per_therapist_week } = costs[k];
    return per_client * number + per_session * sums.sessions[i] + per_therapist_week * therapistWeeks[i];
  })));
  const shares = [...data.fates, ...data.also, "sessions"].map(name => [name, ratios(sums[name], clients)]);
  return Object.fromEntries([...shares, ["new_clients", ratios(sums.begun, years)], ["prevention_minutes", ratios(minutes, clients)]]);
}

const staffOf = (design, service) => Math.ceil((design.therapists - service) / design.services);

// Between the two nearest of ordered values.
function quantile(ordered, share) {
  const place = share * (ordered.length - 1), below = Math.floor(place), above = Math.min(below + 1, ordered.length - 1);
  return ordered[below] + (place - below) * (ordered[above] - ordered[below]);
}

// Severity by session, and a year of therapists: ``severity_10``, ``burnout_one`` and so on, each from place to value.
function seriesOf(data, { severity, weeks, caseload }) {
  const found = { places: caseload.reduce((a, b) => a + b, 0) / caseload.length };
  const put = (name, place, value) => { (found[name] ??= new Map()).set(place, value); };
  const clients = severity.length / SESSIONS, people = caseload.length;
  const of = (client, session) => severity[client * SESSIONS + session];
  const column = new Float64Array(clients);
  for (let session = 0; session < SESSIONS; session++) {
    for (let client = 0; client < clients; client++) column[client] = of(client, session);
    column.sort();
    for (const share of FAN) put(`severity_${Math.round(100 * share)}`, session + 1, quantile(column, share));
  }
  const rise = Float64Array.from({ length: clients }, (_, client) => of(client, SESSIONS - 1) - of(client, 0));
  const order = Uint32Array.from(rise.keys()).sort((a, b) => rise[a] - rise[b] || a - b);
  for (const [name, [low, high]] of Object.entries(TENTHS)) {
    const some = order.slice(Math.trunc(low * clients), Math.trunc(high * clients));
    for (let session = 0; session < SESSIONS; session++)
      put(name, session + 1, some.reduce((total, client) => total + of(client, session), 0) / some.length);
  }
  const week = (name, number) => weeks[name].subarray(number * people, (number + 1) * people);
  const sum = (name, from) => weeks[name].subarray(from * people, (from + MONTH) * people).reduce((a, b) => a + b, 0);
  for (let number = 0; number < WEEKS; number++) put("burnout_one", number, week("burnout", number)[data.simulator.typical]);
  for (let number = 0; number < WEEKS; number += MONTH) {
    const ordered = Float64Array.from(week("burnout", number)).sort();
    for (const share of YEAR_FAN) put(`burnout_${Math.round(100 * share)}`, number, quantile(ordered, share));
    if (number + MONTH < WEEKS) put("off_track", number, sum("distressed", number) / Math.max(sum("judged", number), 1));
  }
  return found;
}

// Standard error of a number from what is left without each service.
function jackknife(without) {
  const mean = without.reduce((a, b) => a + b, 0) / without.length;
  const sum = without.reduce((s, v) => s + (v - mean) ** 2, 0);
  return Math.sqrt((without.length - 1) / without.length * sum);
}
