// A mark for each of 1,000 clients, with a ghost of how many ended worse before.
"use strict";

const ROWS = 25, CELL = 10, SVG = "http://www.w3.org/2000/svg";

function svg(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function Dots(place, data) {
  const columns = 1000 / ROWS;
  const picture = svg("svg", { viewBox: `0 0 ${columns * CELL} ${ROWS * CELL}`, "aria-hidden": "true" });
  const at = i => `translate(${(Math.floor(i / ROWS) + 0.5) * CELL},${(i % ROWS + 0.5) * CELL})`;
  const marks = Array.from({ length: 1000 }, (_, i) => svg("path", { transform: `${at(i)} scale(.5)` }));
  const ghosts = svg("g", { class: "ghosts" });
  picture.append(...marks, ghosts);
  place.replaceChildren(picture);
  let shown = [];

  // Clients by fate, in the order of the page; `before`: how many ended worse; `hidden`: all alike, until the answer is shown.
  function show(whole, before = null, hidden = false) {
    const fates = hidden ? Array(1000).fill("hidden") : data.shown.flatMap(fate => Array(whole[fate]).fill(fate));
    fates.forEach((fate, i) => {
      if (fate === shown[i]) return;
      marks[i].setAttribute("d", data.shapes[fate] || data.shapes.improved);
      marks[i].setAttribute("class", fate);
    });
    shown = fates;
    const now = hidden ? 0 : whole.worse_anyway + whole.worse_because;
    ghosts.replaceChildren(...(before === null ? [] : between(now, before)));
  }

  function between(now, before) {
    const [from, to] = now > before ? [before, now] : [now, before];
    return Array.from({ length: to - from }, (_, k) => now > before ?
      svg("circle", { r: 4.8, transform: at(from + k), class: "newly" }) :
      svg("path", { d: data.shapes.worse_because, transform: `${at(from + k)} scale(.58)`, class: "formerly" }));
  }

  return { show };
}
