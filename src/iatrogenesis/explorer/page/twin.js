// One simulated client and the twin, week by week.
"use strict";

function Twin(data, words) {
  const root = document.getElementById("twin"), one = selector => root.querySelector(selector);
  const who = one("#twin-client"), world = one("#twin-world"), week = one("#twin-week"), play = one("#twin-play");
  const charts = Charts(root, data, words);
  let timer = null;

  function lists() {
    const kept = [who.value, world.value];
    const kinds = [...new Set(data.courses.map(c => c.kind))];
    who.replaceChildren(...kinds.map(kind => {
      const group = document.createElement("optgroup");
      group.label = words.t(`twin_kind_${kind}`);
      group.append(...data.courses.filter(c => c.kind === kind).map(c => {
        const extra = c.vulnerable ? `, ${words.t("twin_vulnerable")}` : "";
        return new Option(words.t("twin_name", { n: c.client }) + extra, c.client);
      }));
      return group;
    }));
    world.replaceChildren(...["usual", "burned_out", "helped"].map(name => new Option(words.t(`twin_${name}`), name)));
    who.value = kept[0] || data.courses[0].client;
    world.value = kept[1] || "burned_out";
  }

  const chosen = () => {
    const { worlds } = data.courses.find(c => String(c.client) === who.value);
    return [worlds[world.value], worlds.twin];
  };
  const until = (course, last) => course.week.filter(w => w <= last).length;

  function tables(measure, last) {
    const [client, twin] = chosen();
    const points = (course, name) => course.week.slice(0, until(course, last)).map((w, i, seen) => ({
      week: w, value: course[measure][i], who: name, last: i === seen.length - 1, label: words.t(`twin_line_${name}`) }));
    const at = w => client[measure][client.week.indexOf(w)];
    const happened = ["rupture", "repaired", "crisis"].flatMap(what => client[what].map(w => ({ week: w, what, value: at(w) })));
    if (client.noticed !== null) happened.push({ week: client.noticed, what: "noticed", value: at(client.noticed) });
    const own = measure === "score" ? ["crisis", "noticed"] : ["rupture", "repaired", "noticed"];
    return {
      line: [...points(client, "client"), ...points(twin, "twin")],
      events: happened.filter(event => event.week <= last && own.includes(event.what)),
    };
  }

  function says(last) {
    const [client, twin] = chosen(), parts = [];
    for (const what of ["rupture", "repaired", "crisis"]) if (client[what].includes(last)) parts.push(words.t(`twin_event_${what}`));
    if (client.noticed === last) parts.push(words.t("twin_event_noticed"));
    const over = (course, name) => {
      if (course.week.at(-1) === last - 1) parts.push(words.t(name, { end: words.t(`twin_end_${course.end}`) }));
    };
    over(client, "twin_event_over");
    over(twin, "twin_event_twin_over");
    const happens = parts.length ? parts.join("; ") : words.t("twin_nothing");
    const value = course => course.score[until(course, last) - 1];
    return words.t("twin_week", { n: last }) + ": " + words.t("twin_says", { happens, score: value(client), twin: value(twin) });
  }

  function show() {
    const [client, twin] = chosen(), end = Math.max(client.week.at(-1), twin.week.at(-1)) + 1;
    week.max = end;
    if (Number(week.value) > end) week.value = end;
    const last = Number(week.value), name = words.t("twin_name", { n: who.value });
    words.put(one("#twin-says"), says(last));
    const result = [];
    if (last === end) {
      result.push(words.t("twin_result", { first: client.score[0], last: client.score.at(-1), twin_first: twin.score[0], twin_last: twin.score.at(-1) }));
      if (client.noticed === null && client.worse) result.push(words.t("twin_never"));
    }
    words.put(one("#twin-result"), result.join(" "));
    words.put(one("#twin-help"), world.value === "helped" ? words.t("twin_helped_note", { steps: data.help.map(n => words.step(n).label).join(", ") }) : "");
    week.setAttribute("aria-valuetext", words.t("twin_week", { n: last }));
    const at = until(client, last) - 1;
    const said = words.t("twin_words", { name, week: last, score: client.score[at], alliance: words.said(client.alliance[at], 1) });
    return Promise.all([["score", "score"], ["bond", "alliance"]].map(([chart, measure]) =>
      charts.show(chart, tables(measure, last), said, { weeks: end - 1 })));
  }

  function stop() {
    clearInterval(timer);
    timer = null;
    words.put(play, words.t("twin_play"));
  }

  function start() {
    if (Number(week.value) >= Number(week.max)) week.value = 1;
    words.put(play, words.t("twin_stop"));
    timer = setInterval(() => {
      week.stepUp();
      show();
      if (Number(week.value) >= Number(week.max)) stop();
    }, 1200);
  }

  who.addEventListener("change", () => { stop(); week.value = 1; show(); });
  world.addEventListener("change", show);
  week.addEventListener("input", show);
  play.addEventListener("click", () => timer === null ? start() : stop());
  lists();
  return { show, stop, forget: () => { lists(); stop(); return charts.forget(); } };
}
