// Where the headline numbers lie in plausible worlds: the same formula as in ranges.py, which says what it rests on.
"use strict";

function Ranges(data) {
  const { parts, weights } = data.ranges;
  const names = data.preventions.map(p => p.name);
  const pairs = n => n * (n - 1) / 2;

  // Each member's deviation from the page's number: a log ratio (worse), or clients of 1,000 (net).
  function deviation(headline, sliders, on) {
    const of = parts[headline], total = [...of.usual];
    const add = (part, weight) => of[part].forEach((d, k) => { total[k] += weight * d; });
    data.sliders.forEach((s, k) => {
      const x = sliders[k], end = x > s.usual ? "high" : "low";
      if (x !== s.usual) add(`${s.name}.${end}`, (x - s.usual) / (s.ends[end === "high" ? 1 : 0] - s.usual));
    });
    on.forEach(i => add(names[i], 1));
    const beyond = pairs(on.length) / Math.max(pairs(names.length), 1);
    add("together", beyond);
    names.forEach(name => add(name, -beyond));
    return total;
  }

  // Ends of nine in ten values: ordered and weighed (Harrell and Davis).
  function ends(values) {
    const ordered = [...values].sort((a, b) => a - b);
    return ["low", "high"].map(end => ordered.reduce((sum, v, k) => sum + weights[end][k] * v, 0));
  }

  const at = (headline, { sliders, on }, here) => ends(deviation(headline, sliders, on)
    .map(d => headline === "worse" ? here * Math.exp(d) : here + d));

  // How many more get worse in the second of two settings, where the page says `change`.
  function difference(one, other, change) {
    const [a, b] = [one, other].map(({ sliders, on }) => deviation("net", sliders, on));
    return ends(b.map((d, k) => change + d - a[k]));
  }

  return { at, difference };
}
