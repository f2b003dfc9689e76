// What the simulator found, and what lies between: the same formula as in surface.py, which says what it leaves out.
"use strict";

function Surface(data) {
  const bytes = Uint8Array.from(atob(data.values), c => c.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  const width = data.columns.length;
  const levels = data.sliders.map(s => s.levels), usual = data.sliders.map(s => s.usual);
  const shape = levels.map(l => l.length);
  const home = levels.map((l, k) => l.indexOf(usual[k]));
  const n = data.preventions.length;
  const firstAlone = shape.reduce((a, b) => a * b, 1);
  const firstPair = bytes.length / 2 / width - n * (n - 1) / 2;
  const away = shape.reduce((a, b) => a + b - 1, 0);

  const cell = (row, j) => data.low[j] + view.getUint16(2 * (row * width + j), true) * data.step[j];
  const add = (total, row, weight) => { for (let j = 0; j < width; j++) total[j] += weight * cell(row, j); };

  function between(k, x) {
    const l = levels[k];
    let below = 0;
    while (below < l.length - 2 && x >= l[below + 1]) below++;
    const share = Math.min(1, Math.max(0, (x - l[below]) / (l[below + 1] - l[below])));
    return [[below, 1 - share], [below + 1, share]].filter(([, weight]) => weight > 0);
  }

  function addGrid(total, sliders, weight) {
    let corners = [[0, weight]];
    sliders.forEach((x, k) => {
      corners = corners.flatMap(([row, w]) => between(k, x).map(([at, share]) => [row * shape[k] + at, w * share]));
    });
    corners.forEach(([row, w]) => add(total, row, w));
  }

  function alone(i, k, level) {
    if (level === home[k]) return firstAlone + i;
    const before = shape.slice(0, k).reduce((a, b) => a + b - 1, 0);
    return firstAlone + n + i * away + before + level - (level > home[k] ? 1 : 0);
  }

  // Row of what two preventions change beyond what each does alone; i < j.
  function pair(i, j) {
    return firstPair + i * n - i * (i + 1) / 2 + j - i - 1;
  }

  function addAxis(total, i, k, x, weight) {
    between(k, x).forEach(([level, share]) => {
      add(total, alone(i, k, level), weight * share);
      addGrid(total, usual.map((u, other) => other === k ? levels[k][level] : u), -weight * share);
    });
  }

  // Every measure by name, at positions of the sliders and with the preventions of these numbers.
  function at(sliders, on) {
    const total = new Float64Array(width);
    addGrid(total, sliders, 1);
    on.forEach(i => {
      add(total, firstAlone + i, 1);
      addGrid(total, usual, -1);
      sliders.forEach((x, k) => {
        addAxis(total, i, k, x, 1);
        addAxis(total, i, k, usual[k], -1);
      });
      on.filter(j => j > i).forEach(j => add(total, pair(i, j), 1));
    });
    const found = {};
    data.columns.forEach((name, j) => { found[name] = data.logarithmic[j] ? Math.exp(total[j]) : total[j]; });
    for (let part = 0; part <= data.clusters; part++) {
      const sum = data.fates.reduce((s, fate) => s + found[`${fate}.${part}`], 0);
      data.fates.forEach(fate => { found[`${fate}.${part}`] /= sum; });
    }
    return found;
  }

  // Whether such a setting was simulated itself.
  function simulated(sliders, on) {
    const moved = sliders.filter((x, k) => x !== usual[k]).length;
    const onLevels = sliders.every((x, k) => levels[k].includes(x));
    return onLevels && (on.length === 0 || (on.length === 1 && moved < 2));
  }

  return { at, simulated, usual };
}

// Standard error of a number from what is left without each cluster.
function jackknife(without) {
  const mean = without.reduce((a, b) => a + b, 0) / without.length;
  const sum = without.reduce((s, v) => s + (v - mean) ** 2, 0);
  return Math.sqrt((without.length - 1) / without.length * sum);
}
