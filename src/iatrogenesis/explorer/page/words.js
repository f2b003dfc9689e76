// Words and numbers in the language that was chosen. {names} in a text stand for values, **stars** for bold.
"use strict";

function Words(data) {
  const numbers = new Map();  // by locale and digits: to make one takes longer than to use it
  let language = "en";

  const now = () => data.words[language];
  const text = name => {
    if (!(name in now().page)) throw new Error(`no words for ${name}`);
    return now().page[name];
  };

  function format(digits) {
    const { locale } = now(), key = `${locale} ${digits}`;
    if (!numbers.has(key)) numbers.set(key, new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }));
    return numbers.get(key);
  }

  // Rounded as people write it: a true minus sign, and none before a zero.
  function said(value, digits = 0) {
    const written = format(digits).format(Math.abs(value));
    return (value < 0 && /[1-9]/.test(written) ? "−" : "") + written;
  }

  const about = Object.fromEntries(Object.keys(data.about).map(name => [name, () => {
    const value = data.about[name];
    return typeof value === "number" ? said(value) : value;
  }]));

  function fill(template, values = {}) {
    return template.replace(/\{(\w+)\}/g, (_, name) => name in values ? values[name] : about[name]());
  }

  const t = (name, values) => fill(text(name), values);
  const plain = (name, values) => t(name, values).replaceAll("**", "");

  // Put a text into an element, bold where it says so; never as markup.
  function put(element, words) {
    element.replaceChildren(...words.split("**").map((part, i) => {
      if (i % 2 === 0) return part;
      const bold = document.createElement("b");
      bold.textContent = part;
      return bold;
    }));
  }

  const more = number => Math.round(number) === 0 ? text("as_many") :
    t(number > 0 ? "more" : "fewer", { n: said(Math.abs(number)) });

  // "between 3 and 12 more", "between 2 fewer and 7 more".
  function moreRange([low, high]) {
    const [l, h] = [Math.round(low), Math.round(high)];
    if (l === 0 && h === 0) return text("range_same");
    if (l < 0 && h > 0) return t("range_both", { low: said(-l), high: said(h) });
    const [near, far] = h > 0 ? [l, h] : [-h, -l];
    return t(h > 0 ? "range_more" : "range_fewer", { low: said(near), high: said(far) });
  }

  const range = (low, high, digits) => t("range", { low: said(low, digits), high: said(high, digits) });

  // Everything on the page that carries the name of its words.
  function translate(root = document) {
    document.documentElement.lang = now().locale;
    for (const element of root.querySelectorAll("[data-t]")) put(element, t(element.dataset.t));
    for (const element of root.querySelectorAll("[data-t-label]")) element.setAttribute("aria-label", plain(element.dataset.tLabel));
    for (const element of root.querySelectorAll("[data-w]"))
      put(element, element.dataset.w.split(".").reduce((node, name) => node[name], now()));
    document.title = plain("title");
  }

  // A chart whose titles are names of words ("t:axis_week").
  function chart(spec) {
    return JSON.parse(JSON.stringify(spec), (_, value) =>
      typeof value === "string" && value.startsWith("t:") ? text(value.slice(2)) : value);
  }

  return {
    t, plain, put, said, more, moreRange, range, translate, chart,
    slider: name => now().sliders[name], step: name => now().preventions[name], story: id => now().stories[id],
    stop: id => now().tour[id], language: () => language, use: name => { language = name; },
  };
}
