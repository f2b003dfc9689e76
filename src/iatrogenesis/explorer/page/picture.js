// The setting as a picture for a slide, drawn on a canvas: title, sentence, marks and key, as on the page.
"use strict";

const SLIDE = { width: 1920, height: 1080, margin: 70 };

function Picture(data, words, settings) {
  const text = (panel, selector) => panel.root.querySelector(selector).textContent;
  const style = name => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

  function lines(pen, sentence, width) {
    const found = [""];
    for (const word of sentence.split(" ")) {
      const longer = `${found.at(-1)} ${word}`.trim();
      if (pen.measureText(longer).width > width && found.at(-1)) found.push(word);
      else found[found.length - 1] = longer;
    }
    return found;
  }

  function write(pen, sentence, x, y, width, size, weight = "normal", colour = "ink") {
    pen.font = `${weight} ${size}px system-ui, sans-serif`;
    pen.fillStyle = style(colour);
    for (const line of lines(pen, sentence, width)) { pen.fillText(line, x, y); y += 1.3 * size; }
    return y;
  }

  function marks(pen, whole, x, y, cell) {
    data.shown.flatMap(fate => Array(whole[fate]).fill(fate)).forEach((fate, i) => {
      mark(pen, fate, x + (Math.floor(i / ROWS) + 0.5) * cell, y + (i % ROWS + 0.5) * cell, cell / 20);
    });
  }

  function mark(pen, fate, x, y, scale) {
    pen.save();
    pen.translate(x, y);
    pen.scale(scale, scale);
    pen.fillStyle = style(fate.replace("_", "-"));
    pen.fill(new Path2D(data.shapes[fate]));
    pen.restore();
  }

  function key(pen, whole, x, y, width, columns, size) {
    data.shown.forEach((fate, i) => {
      const left = x + (i % columns) * width / columns, row = y + Math.floor(i / columns) * 1.6 * size;
      mark(pen, fate, left + size / 2, row - size / 3, size / 20);
      write(pen, `${words.said(whole[fate])} ${words.t(`short_${fate}`)}`, left + 1.4 * size, row, width / columns - 1.6 * size, size);
    });
  }

  // One setting: marks on the left, words on the right.
  function alone(pen, panel) {
    const { setting, found: { whole } } = panel.drawn(), cell = 28, wide = 40 * cell, x = SLIDE.margin, right = x + wide + 60;
    const width = SLIDE.width - right - SLIDE.margin;
    marks(pen, whole, x, 160, cell);
    key(pen, whole, x, 160 + ROWS * cell + 50, wide, 2, 26);
    let y = write(pen, text(panel, ".net"), right, 200, width, 42, "bold");
    y = write(pen, text(panel, ".all"), right, y + 20, width, 30);
    write(pen, settings.inWords(setting), right, y + 30, width, 22, "normal", "quiet");
  }

  // One of two settings: marks above, words below.
  function beside(pen, panel, x, width) {
    const { setting, found: { whole } } = panel.drawn(), cell = 15;
    write(pen, text(panel, "h2"), x, 165, width, 30, "bold");
    marks(pen, whole, x, 185, cell);
    key(pen, whole, x, 185 + ROWS * cell + 40, width, 2, 22);
    let y = write(pen, text(panel, ".net"), x, 185 + ROWS * cell + 160, width, 28, "bold");
    y = write(pen, text(panel, ".all"), x, y + 6, width, 24);
    write(pen, settings.inWords(setting), x, y + 6, width, 17, "normal", "quiet");
  }

  function canvas(panels) {
    const made = document.createElement("canvas"), pen = made.getContext("2d"), { width, height, margin } = SLIDE;
    [made.width, made.height] = [width, height];
    pen.fillStyle = style("paper");
    pen.fillRect(0, 0, width, height);
    write(pen, words.t("title"), margin, 110, width, 54, "bold");
    const half = (width - 3 * margin) / 2;
    if (panels.length === 1) alone(pen, panels[0]);
    else panels.forEach((panel, i) => beside(pen, panel, margin + i * (half + margin), half));
    write(pen, `${words.t("lead")} ${words.t("version")}`, margin, height - 24, width, 20, "normal", "quiet");
    return made;
  }

  function save(panels) {
    canvas(panels).toBlob(blob => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = "explorer.png";
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    });
  }

  return { save, canvas };
}
