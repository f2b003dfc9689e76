// A plan from a surface fitted to simulated plans: the formulas of iatrogenesis/planning/surface.py.
"use strict";

const LATENT = Math.PI ** 2 / 3;  // variance of a client's log odds
const NORMAL_975 = 1.959963984540054;

// Distribution of the standard normal by the error function, to 1.2e-7 (Numerical Recipes, 6.2.2).
function normal(x) {
  const z = Math.abs(x) / Math.SQRT2, t = 1 / (1 + z / 2);
  const terms = [-1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223, 0.17087277];
  const tail = t * Math.exp(-z * z + terms.reduceRight((sum, term) => sum * t + term, 0)) / 2;
  return x < 0 ? tail : 1 - tail;
}

function critical(n) {
  const first = (NORMAL_975 ** 3 + NORMAL_975) / 4, second = (5 * NORMAL_975 ** 5 + 16 * NORMAL_975 ** 3 + 3 * NORMAL_975) / 96;
  return NORMAL_975 + first / n + second / n ** 2 + (3 * NORMAL_975 ** 7 + 19 * NORMAL_975 ** 5 + 17 * NORMAL_975 ** 3 - 15 * NORMAL_975) / (384 * n ** 3);
}

function powerOf(shift, n) {
  const reach = critical(n), narrow = reach * (1 - 1 / (4 * n)), wide = Math.sqrt(1 + reach ** 2 / (2 * n));
  return normal((shift - narrow) / wide) + normal((-shift - narrow) / wide);
}

function Plan(surface, target) {
  const sdOf = vpc => Math.sqrt(vpc / (1 - vpc) * LATENT);
  const information = s => s.clients * s.rate * (1 - s.rate);
  const features = s => [
    Math.log(s.therapists), Math.log(information(s)), Math.log(sdOf(s.vpc)), Math.log(s.rate / (1 - s.rate)),
  ].map((x, i) => (x - surface.centre[i]) / surface.scale[i]);

  function polynomial(name, x) {
    return surface.terms[name].reduce((sum, term, i) =>
      sum + surface.coefficients[name][i] * term.reduce((product, k) => product * x[k], 1), 0);
  }

  function noncentrality(s) {
    const effect = Math.abs(Math.log(s.odds_ratio));
    const left = Math.max(sdOf(s.vpc) ** 2 - effect ** 2 * s.reliability, 0) + 1 / information(s);
    return effect * Math.sqrt(s.therapists * s.reliability / left);
  }

  function at(s) {
    const x = features(s), found = {};
    for (const name of surface.shares) found[name] = 1 / (1 + Math.exp(-polynomial(name, x)));
    found.power = powerOf(noncentrality(s) * Math.exp(polynomial("power", x)), s.therapists - 2);
    return found;
  }

  // Where power, which grows, reaches the target between two ends; null where it does not.
  function solve(power, low, high) {
    if (power(high) < target) return null;
    if (power(low) >= target) return low;
    for (let i = 0; i < 60; i++) {
      const middle = Math.sqrt(low * high);
      if (power(middle) < target) low = middle; else high = middle;
    }
    return high;
  }

  return {
    at,
    sdOf,
    therapists: (s, least, most) => solve(therapists => at({ ...s, therapists }).power, least, most),
    oddsRatio: s => solve(odds_ratio => at({ ...s, odds_ratio }).power, 1.01, Math.exp(sdOf(s.vpc))),
  };
}
