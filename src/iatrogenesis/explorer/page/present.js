// The presenter view: large type, and keys that work without looking; and a dark room in any view.
"use strict";

function Present(acts) {
  const button = document.getElementById("present"), dark = document.getElementById("dark");
  const keys = document.getElementById("keys"), root = document.documentElement;
  const on = () => document.body.classList.contains("presenting");

  function set(wanted) {
    document.body.classList.toggle("presenting", wanted);
    button.setAttribute("aria-pressed", String(wanted));
    if (wanted) root.requestFullscreen?.().catch(() => {});  // not everywhere allowed, and not needed
    else if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
    window.dispatchEvent(new Event("resize"));
  }

  const isDark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;

  function darken() {
    root.dataset.theme = isDark() ? "light" : "dark";
    dark.setAttribute("aria-pressed", String(isDark()));
  }

  const byKey = {
    ArrowRight: () => acts.push(1), ArrowLeft: () => acts.push(-1),
    PageDown: () => acts.step(1), PageUp: () => acts.step(-1),
    v: acts.nextView, g: acts.guess, c: acts.compare, d: darken, "?": () => keys.showModal(), Escape: () => set(false),
  };

  const always = ["PageDown", "PageUp", "Escape"];  // a presenter's clicker, and the way out

  // Only in this view, and but for these never while somebody writes or moves a control.
  document.addEventListener("keydown", event => {
    const act = byKey[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    const within = event.target.closest?.(always.includes(event.key) ? "dialog" : "input, select, dialog");
    const busy = within || event.ctrlKey || event.altKey || event.metaKey;
    if (!on() || busy || !act) return;
    event.preventDefault();
    act();
  });
  document.addEventListener("fullscreenchange", () => { if (on() && !document.fullscreenElement) set(false); });
  button.addEventListener("click", () => { set(!on()); button.blur(); });
  dark.addEventListener("click", darken);
  document.getElementById("help").addEventListener("click", () => keys.showModal());
  document.getElementById("keys-close").addEventListener("click", () => keys.close());
  dark.setAttribute("aria-pressed", String(isDark()));
}
