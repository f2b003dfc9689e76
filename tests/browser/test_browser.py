"""The browser the other tests look through notices what it should."""

import pytest

pytestmark = pytest.mark.browser


def test_what_a_page_asks_from_outside_is_refused_and_noticed(visit, seen, tmp_path):
    path = tmp_path / "page.html"
    path.write_text('<!DOCTYPE html><title>x</title><img alt="" src="https://example.org/a.png">')
    visit(path)
    assert seen.requests[0] == path.as_uri()
    assert "asks for https://example.org/a.png" in seen.faults
    seen.faults.clear()


def test_what_a_page_complains_about_is_noticed(visit, seen, tmp_path):
    path = tmp_path / "page.html"
    path.write_text("<!DOCTYPE html><title>x</title><script>console.error('told'); throw new Error('thrown')</script>")
    visit(path)
    assert seen.faults == ["console: told", "error: thrown"]
    seen.faults.clear()


def test_a_quiet_page_has_no_faults(visit, seen, tmp_path):
    path = tmp_path / "page.html"
    path.write_text('<!DOCTYPE html><title>x</title><img alt="" src="data:image/svg+xml,<svg/>">')
    assert visit(path, fragment="#here").url.endswith("#here")
    assert seen.faults == []
