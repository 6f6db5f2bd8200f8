"""How guides are written: {% step %} is a numbered part, {% code %} a sample with {% mine %} or {% follow %} inside."""

from textwrap import dedent
from typing import Any

from django import template
from django.template.base import FilterExpression, Node, NodeList, Parser, TextNode, Token
from django.template.context import Context
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify

register = template.Library()


class StepNode(Node):
    """A numbered section; its title is also added to `steps`, from which the list at the side is made."""

    def __init__(self, title: FilterExpression, nodelist: NodeList) -> None:
        self.title = title
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        title = str(self.title.resolve(context))
        step = {"id": slugify(title), "title": title}
        context["steps"].append(step)
        return format_html(
            '<section class="card guide-step" id="{}">'
            '<h2 class="guide-step__title"><span aria-hidden="true">{}</span>{}</h2>'
            '<div class="prose">{}</div></section>',
            step["id"], len(context["steps"]), title, self.nodelist.render(context),
        )  # fmt: skip


class CodeNode(Node):
    """A code sample. What the template says is code and is escaped; indentation of the template is taken off."""

    def __init__(self, label: FilterExpression, nodelist: NodeList) -> None:
        self.label = label
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        parts = [
            escape(node.s) if isinstance(node, TextNode) else str(node.render_annotated(context))
            for node in self.nodelist
        ]
        code = mark_safe(dedent("".join(parts)).strip("\n").rstrip())  # noqa: S308 (every part is escaped above)
        include = context.template.engine.get_template("_components/code.html")  # type: ignore[union-attr]
        return include.render(Context({"code": code, "label": self.label.resolve(context)}))


@register.tag
def step(parser: Parser, token: Token) -> StepNode:
    return StepNode(*_body(parser, token, "endstep"))


@register.tag
def code(parser: Parser, token: Token) -> CodeNode:
    return CodeNode(*_body(parser, token, "endcode"))


@register.simple_tag
def mine(value: str) -> SafeString:
    """A value that belongs to this installation or application, marked in a code sample."""
    return format_html("<mark>{}</mark>", value)


@register.simple_tag(takes_context=True)
def follow(context: dict[str, Any], name: str) -> SafeString:
    """A URI of the application; guide.js changes it when the field is saved."""
    return format_html('<mark data-follows="{}">{}</mark>', name, context["uris"][name])


@register.simple_tag(takes_context=True)
def follow_scheme(context: dict[str, Any], name: str) -> SafeString:
    """The scheme of such a URI, for deep links."""
    scheme = context["uris"][name].partition(":")[0]
    return format_html('<mark data-follows="{}" data-part="scheme">{}</mark>', name, scheme)


def _body(parser: Parser, token: Token, end: str) -> tuple[FilterExpression, NodeList]:
    _, argument = token.split_contents()
    nodelist = parser.parse((end,))
    parser.delete_first_token()
    return parser.compile_filter(argument), nodelist
