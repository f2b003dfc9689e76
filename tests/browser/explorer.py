"""The explorer as a hand moves it and an eye reads it."""

PROJECTOR = {"width": 1024, "height": 768}
VIEWS = ("clients", "courses", "year", "twin", "vote", "numbers")


def settled(page):
    """Wait until the page shows what its controls ask for: it simulates bit by bit."""
    page.wait_for_selector("body:not(:has([aria-busy]))")


def put(page, panel="a", **sliders):
    """Move sliders as a hand does: the browser tells the page after each."""
    for name, value in sliders.items():
        page.locator(f"#{panel}-{name}").evaluate(
            "(input, value) => { input.value = value;"
            " for (const kind of ['input', 'change']) input.dispatchEvent(new Event(kind)); }",
            str(value),
        )
    settled(page)


def number(text):
    """A number as people write it."""
    return float(text.replace(",", "").replace("−", "-"))


def shown(page, panel="a"):
    """Numbers on the page, by name."""
    settled(page)
    return {
        row["name"]: number(row["value"])
        for row in page.locator(f"#panel-{panel} [data-number]").evaluate_all(
            "rows => rows.map(row => ({name: row.dataset.number, value: row.querySelector('.value').textContent}))"
        )
    }


def dots(page, panel="a"):
    """How many marks of each fate there are."""
    settled(page)
    marks = page.locator(f"#panel-{panel} .dots svg > path")
    classes = marks.evaluate_all("marks => marks.map(mark => mark.getAttribute('class'))")
    return {name: classes.count(name) for name in set(classes)}


def says(page, what, panel="a"):
    """A text of a panel."""
    settled(page)
    return page.locator(f"#panel-{panel} {what}").inner_text()
