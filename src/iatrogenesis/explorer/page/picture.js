// The setting as a picture for a slide, drawn on a canvas: title, sentence, marks and key, as on the page.
"use strict";

const SLIDE = { width: 1920, height: 1080, margin: 70 };

function Picture(data, words, settings) {
  const style = name => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

  function lines(pen, text, width) {
    const found = [""];
    for (const word of text.split(" ")) {
      const longer = `${found.at(-1)} ${word}`.trim();
      if (pen.measureText(longer).width > width && found.at(-1)) found.push(word);
      else found[found.length - 1] = longer;
    }
    return found;
  }

  function write(pen, text, x, y, width, size, weight = "normal", colour = "ink") {
    pen.font = `${weight} ${size}px system-ui, sans-serif`;
    pen.fillStyle = style(colour);
    for (const line of lines(pen, text, width)) { pen.fillText(line, x, y); y += 1.3 * size; }
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

  // One setting in its half or the whole of the slide.
  function draw(pen, panel, left, width) {
    const { whole } = panel.numbers(), text = selector => panel.root.querySelector(selector).textContent;
    let y = write(pen, settings.inWords(panel.setting()), left, 190, width, 24, "normal", "quiet");
    y = write(pen, text(".net"), left, y + 30, width, 38, "bold");
    y = write(pen, text(".all"), left, y + 4, width, 28);
    const cell = Math.min(width / 40, (SLIDE.height - y - 230) / ROWS);
    marks(pen, whole, left, y, cell);
    y += ROWS * cell + 40;
    data.shown.forEach((fate, i) => {
      const x = left + (i % 2) * width / 2, row = y + Math.floor(i / 2) * 38;
      mark(pen, fate, x + 10, row - 8, 1.2);
      write(pen, `${words.said(whole[fate])} ${words.t(`short_${fate}`)}`, x + 32, row, width / 2 - 40, 24);
    });
  }

  function canvas(panels) {
    const made = document.createElement("canvas"), pen = made.getContext("2d"), { width, height, margin } = SLIDE;
    [made.width, made.height] = [width, height];
    pen.fillStyle = style("paper");
    pen.fillRect(0, 0, width, height);
    write(pen, words.t("title"), margin, 110, width, 54, "bold");
    const each = (width - margin * (panels.length + 1)) / panels.length;
    panels.forEach((panel, i) => draw(pen, panel, margin + i * (each + margin), each));
    write(pen, words.t("version"), margin, height - 24, width, 20, "normal", "quiet");
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
