import heroicons
import pytest
from django.template import engines


def test_an_icon_is_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    template = engines["django"].from_string(
        "{% heroicon_outline icon class='once' %}{% heroicon_outline icon class='once' %}"
    )
    drawn: list[str] = []
    draw = heroicons._render_icon
    monkeypatch.setattr(heroicons, "_render_icon", lambda *args: drawn.append(args[1]) or draw(*args))
    once = draw("outline", "plus", 24, {"class": "once"})
    assert template.render({"icon": "plus"}) == template.render({"icon": "plus"}) == once * 2
    assert drawn == ["plus"]
