// A guided tour: stops with notes for whoever speaks, as a session of 45 minutes or through all stories.
"use strict";

function Tour(data, words, go) {
  const root = document.getElementById("tour"), one = selector => root.querySelector(selector);
  const which = one("#tour-which"), button = document.getElementById("tour-button");
  let at = 0, apart = null;

  const stops = () => which.value === "stories" ?
    data.stories.map(story => ({ view: "clients", story: story.id, against: null, guess: false,
      title: words.story(story.id).title, notes: [words.story(story.id).story, words.t("ask", { ask: words.story(story.id).ask })] })) :
    data.tour.map(stop => ({ ...stop, ...words.stop(stop.id) }));

  function show() {
    const all = stops(), stop = all[at];
    const time = stop.minutes ? ` · ${words.t("tour_minutes", { n: stop.minutes })}` : "";
    words.put(one("#tour-where"), words.t("tour_stop", { n: at + 1, all: all.length }) + time);
    words.put(one("#tour-title"), stop.title);
    one("#tour-notes").replaceChildren(...items(document, stop.notes));
    showApart(stop, `${one("#tour-where").textContent} · ${stop.title}`);
    one("#tour-back").disabled = at === 0;
    one("#tour-next").disabled = at === all.length - 1;
  }

  const items = (page, notes) => notes.map(note => {
    const item = page.createElement("li");
    item.textContent = note;
    return item;
  });

  // Notes in a window of their own, for the speaker's screen, and no longer on the wall.
  function showApart(stop, heading) {
    const open = apart !== null && !apart.closed;
    one("details").hidden = open;
    if (!open) return;
    const page = apart.document, title = page.createElement("h1"), list = page.createElement("ul");
    page.title = title.textContent = heading;
    list.append(...items(page, stop.notes));
    page.body.replaceChildren(title, list);
    page.body.style.font = "1.2rem/1.5 system-ui, sans-serif";
    title.style.fontSize = "1.3rem";
  }

  function goTo(place) {
    at = Math.min(stops().length - 1, Math.max(0, place));
    show();
    go(stops()[at]);
  }

  function toggle(on = root.hidden) {
    root.hidden = !on;
    document.body.classList.toggle("touring", on);
    button.setAttribute("aria-pressed", String(on));
    one("details").open = matchMedia("(min-width: 48rem)").matches;
    if (on) goTo(0);
    else apart?.close();
  }

  const step = by => { if (root.hidden) toggle(true); else goTo(at + by); };
  button.addEventListener("click", () => toggle());
  which.addEventListener("change", () => goTo(0));
  one("#tour-next").addEventListener("click", () => step(1));
  one("#tour-back").addEventListener("click", () => step(-1));
  one("#tour-apart").addEventListener("click", () => {
    apart = window.open("", "notes", "popup,width=560,height=640");
    if (apart) apart.addEventListener("pagehide", () => setTimeout(show, 200));
    show();
  });
  one("#tour-close").addEventListener("click", () => { toggle(false); button.focus(); });
  return { step, close: () => toggle(false), forget: () => { if (!root.hidden) show(); } };
}
