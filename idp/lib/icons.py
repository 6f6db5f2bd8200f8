"""The icons of heroicons as template tags, each drawn once: a page has dozens of them, which made a fifth of a list."""

from functools import lru_cache

from django import template
from heroicons.templatetags import heroicons

register = template.Library()
for tag in (heroicons.heroicon_micro, heroicons.heroicon_mini, heroicons.heroicon_outline, heroicons.heroicon_solid):
    register.simple_tag(lru_cache(maxsize=1024)(tag), name=tag.__name__)
