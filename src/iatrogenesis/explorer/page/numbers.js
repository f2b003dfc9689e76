// What the page says of one setting: averages with their intervals, whole clients, and the two headline numbers.
"use strict";

const SCALES = { fates: 1000, also: 1000, work: 1 };

function Numbers(data, simulator) {
  function of(setting) {
    const found = simulator.at(setting.sliders, setting.on), averages = {};
    for (const [kind, scale] of Object.entries(SCALES)) {
      for (const name of data[kind]) {
        const [value, ...without] = found.averages[name].map(part => scale * part);
        averages[name] = { value, without };
      }
    }
    return { averages, series: found.series, whole: wholeClients(data.fates, averages) };
  }

  const soon = ({ sliders, on }) => simulator.soon(sliders, on);

  // Half width of a 95 % interval: simulated services differ.
  const half = number => data.t * jackknife(number.without);
  const halfOfDifference = (a, b) => data.t * jackknife(b.without.map((v, i) => v - a.without[i]));

  return { of, soon, half, halfOfDifference };
}

// Clients of 1,000 who end reliably worse, and how many more than if nothing did harm.
const headlines = averages => ({
  worse: averages.worse_because.value + averages.worse_anyway.value,
  net: averages.worse_because.value - averages.spared.value,
});

// Whole clients: those of each fate add up to 1,000, and both headline numbers are what the others make them, to the client.
function wholeClients(fates, averages) {
  const { worse, net } = headlines(averages), because = Math.round(averages.worse_because.value);
  const others = fates.filter(fate => !fate.startsWith("worse_"));
  const parts = apportioned(others.map(fate => averages[fate].value), 1000 - Math.round(worse));
  return {
    ...Object.fromEntries(others.map((fate, i) => [fate, parts[i]])),
    worse_because: because, worse_anyway: Math.round(worse) - because, spared: because - Math.round(net),
  };
}

// Whole numbers with this sum, each as near to its share as that allows.
function apportioned(shares, sum) {
  const floors = shares.map(Math.floor);
  const left = sum - floors.reduce((a, b) => a + b, 0);
  const order = shares.map((s, i) => [s - floors[i], i]).sort((a, b) => b[0] - a[0]);
  order.slice(0, left).forEach(([, i]) => { floors[i] += 1; });
  return floors;
}

const allWorse = whole => whole.worse_because + whole.worse_anyway;

const digitsOf = name => name === "sessions" ? 1 : 0;

// The values of a measure by session or week.
const series = (found, name) => [...found[name]];
