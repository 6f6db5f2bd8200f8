"""Guides to connectors and frameworks: Markdown that comes with them, shown inside a page that has headings of its own."""

from collections.abc import Sequence

from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict


def render_guide(text: str, *, top_level: int = 2) -> SafeString:
    """HTML whose highest heading is `top_level`. Raw HTML in the text stays text, so what comes out is safe."""
    markdown = MarkdownIt("commonmark", {"html": False}, renderer_cls=_Renderer).enable("table")
    tokens = markdown.parse(text)
    _shift_headings(tokens, top_level)
    return SafeString(markdown.renderer.render(tokens, markdown.options, {}))


def _shift_headings(tokens: list[Token], top_level: int) -> None:
    headings = [token for token in tokens if token.type in ("heading_open", "heading_close")]
    shift = top_level - min((int(token.tag[1]) for token in headings), default=top_level)
    for token in headings:
        token.tag = f"h{min(6, int(token.tag[1]) + shift)}"


class _Renderer(RendererHTML):
    """What scrolls sideways can be reached with the keyboard; a link leaves the half-filled form alone."""

    def link_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        tokens[idx].attrSet("target", "_blank")
        tokens[idx].attrSet("rel", "noopener noreferrer")
        return self.renderToken(tokens, idx, options, env)

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return super().fence(tokens, idx, options, env).replace("<pre>", '<pre class="code-block" tabindex="0">', 1)

    def code_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return super().code_block(tokens, idx, options, env).replace("<pre", '<pre class="code-block" tabindex="0"', 1)

    def table_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return '<div class="table-scroll" tabindex="0"><table class="table">\n'

    def table_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "</table></div>\n"
