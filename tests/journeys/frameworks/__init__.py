"""Guides of frameworks that bring a server for development.

Each folder is what the framework's own command for a new project makes, cut down to what it needs, with its packages locked.
`make guides` installs and runs them; that takes minutes, so `.ci/run` does not.
"""

from pathlib import Path

_HERE = Path(__file__).parent
TEMPLATES = {
    "web-next-app-router": _HERE / "next",
    "web-next": _HERE / "next",
    "web-next-auth": _HERE / "next",
    "web-sveltekit": _HERE / "sveltekit",
    "web-react-router": _HERE / "react-router",
    "web-remix": _HERE / "remix",
    "web-nuxt": _HERE / "nuxt",
    "spa-angular": _HERE / "angular",
}
