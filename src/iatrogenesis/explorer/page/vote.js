// A group votes for three of six steps; the page then shows what the three do.
"use strict";

const CHOICES = 3;

function Vote(data, words, settings, chosen) {
  const list = document.getElementById("ballot"), said = document.getElementById("vote-said");
  let votes = {};

  function button(sign, label, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = sign;
    made.setAttribute("aria-label", label);
    made.addEventListener("click", act);
    return made;
  }

  function show() {
    list.replaceChildren(...data.vote.map(name => {
      const row = document.createElement("li"), step = words.step(name).label, count = document.createElement("output");
      const label = document.createElement("span"), about = document.createElement("small");
      label.textContent = step;
      about.textContent = words.step(name).does;
      label.append(about);
      const move = by => () => {
        votes[name] = Math.max(0, (votes[name] || 0) + by);
        count.textContent = votes[name];
      };
      count.textContent = votes[name] || 0;
      row.append(label, button("−", words.t("vote_take", { step }), move(-1)), count, button("+", words.t("vote_add", { step }), move(1)));
      return row;
    }));
  }

  // The three with most votes; of equals, those that stand first.
  function winners() {
    return data.vote.filter(name => votes[name] > 0).sort((a, b) => votes[b] - votes[a]).slice(0, CHOICES);
  }

  document.getElementById("vote-show").addEventListener("click", () => {
    const on = settings.steps.flatMap((name, i) => winners().includes(name) ? [i] : []);
    words.put(said, words.t("vote_chosen", { steps: settings.stepsInWords(on) }));
    chosen(on);
  });
  document.getElementById("vote-clear").addEventListener("click", () => { votes = {}; words.put(said, ""); show(); });
  show();
  return { forget: show };
}
