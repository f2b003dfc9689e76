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
    const whole = wholeClients(data.fates.map(fate => averages[fate].value));
    return { averages, series: found.series, whole: Object.fromEntries(data.fates.map((fate, i) => [fate, whole[i]])) };
  }

  // Half width of a 95 % interval: simulated services differ.
  const half = number => data.t * jackknife(number.without);
  const halfOfDifference = (a, b) => data.t * jackknife(b.without.map((v, i) => v - a.without[i]));

  return { of, half, halfOfDifference };
}

// Clients of 1,000 who end reliably worse, and how many more than if nothing did harm.
const headlines = averages => ({
  worse: averages.worse_because.value + averages.worse_anyway.value,
  net: averages.worse_because.value - averages.spared.value,
});

// Whole clients that add up to 1,000, each as near to its share as that allows.
function wholeClients(shares) {
  const floors = shares.map(Math.floor);
  const left = 1000 - floors.reduce((a, b) => a + b, 0);
  const order = shares.map((s, i) => [s - floors[i], i]).sort((a, b) => b[0] - a[0]);
  order.slice(0, left).forEach(([, i]) => { floors[i] += 1; });
  return floors;
}

const digitsOf = name => name === "sessions" ? 1 : 0;

// The values of a measure by session or week.
const series = (found, name) => [...found[name]];
