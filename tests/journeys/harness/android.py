"""An Android phone around a Capacitor app, as far as the app can tell.

The WebView runs Capacitor's own `native-bridge.js`, injected as the Android runtime injects it, and the unmodified
plugins talk through it. This file is the Kotlin side: Browser opens a tab in the system browser (cookies of its own),
App tells the app about deep links, Preferences remembers.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Error, Page, Request, Route

from tests.journeys.harness import sdk
from tests.journeys.harness.eyes import Eyes

SCHEME = "com.example.app"
NATIVE_BRIDGE = "@capacitor/android/capacitor/src/main/assets/native-bridge.js"
PLUGINS = {
    "App": (),
    "Browser": ("open", "close"),
    "Preferences": ("get", "set", "remove"),
}
PAGE = '<!doctype html><html lang="en"><title>Bookstore</title><script type="module" src="/app.js"></script></html>'


@dataclass
class Phone:
    """One system browser; the apps of the phone share it."""

    browser: Browser
    system_browser: BrowserContext
    eyes: Eyes

    def app(
        self, *, origin: str, endpoint: str, app_id: str, source: str = "capacitor_app.js", **config: Any
    ) -> "CapacitorApp":
        webview = self.browser.new_context(ignore_https_errors=True, permissions=["local-network-access"])
        self.eyes.watch(webview)
        return CapacitorApp(self, webview, origin, {"endpoint": endpoint, "appId": app_id, **config}, source)


@dataclass
class CapacitorApp:
    phone: Phone
    context: BrowserContext
    origin: str
    config: dict[str, Any]
    source: str
    preferences: dict[str, str] = field(default_factory=dict)
    listeners: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    tab: Page | None = None

    def __post_init__(self) -> None:
        self.context.route(f"{self.origin}/**", partial(_serve, self.source))
        self.page = self.context.new_page()
        self.page.expose_function("callNative", self._from_app)
        self.page.add_init_script(_injected_by_the_runtime())
        self.cold_start()

    # --- what a person does

    def cold_start(self) -> None:
        """The app is opened again; only what Preferences keeps is left."""
        self.listeners.clear()
        self.page.goto(f"{self.origin}/")
        self.page.evaluate("config => window.start(config)", self.config)

    @contextmanager
    def asks(self, method: str, *arguments: str) -> Iterator[Page]:
        """The app calls the SDK; the block is what the person does in the browser tab that opens."""
        self.begin(method, *arguments)
        yield self.opened_tab()

    def opened_tab(self) -> Page:
        self.page.wait_for_function("window.opened")
        assert self.tab
        return self.tab

    def close_tab(self) -> None:
        """The person closes the tab, or the app does."""
        if self.tab:
            tab, self.tab = self.tab, None
            tab.close()
            self._notify("Browser", "browserFinished")

    # --- what the app does

    def begin(self, method: str, *arguments: str) -> None:
        self.page.evaluate(
            """([method, args]) => {
                window.opened = false;
                window.answer = undefined;
                const settle = (answer) => { window.answer = answer; };
                const failed = ({ name, code, message }) => settle({ error: { name, code: code ?? null, message } });
                window.logto[method](...args).then((value) => settle({ value: value ?? null }), failed);
            }""",
            [method, list(arguments)],
        )

    def answer(self) -> dict[str, Any]:
        """How the call that began has ended: {"value": …} or {"error": …}."""
        return dict(self.page.wait_for_function("window.answer").json_value())

    def call(self, method: str, *arguments: str) -> Any:
        self.begin(method, *arguments)
        answer = self.answer()
        assert "error" not in answer, f"{method} failed: {answer['error']}"
        return answer["value"]

    # --- the native side of the plugins

    def _from_app(self, text: str) -> str:
        """One plugin call; listeners get their answers later, as events."""
        call = json.loads(text)
        if call["methodName"] in ("addListener", "removeListener"):
            self._listen(call)
            return ""
        data = getattr(self, f"_{call['pluginId']}_{call['methodName']}".lower())(call["options"])
        address = {name: call[name] for name in ("callbackId", "pluginId", "methodName")}
        return json.dumps(address | {"success": True, "data": data, "save": False})

    def _listen(self, call: dict[str, Any]) -> None:
        callbacks = self.listeners.setdefault((call["pluginId"], call["options"]["eventName"]), set())
        if call["methodName"] == "addListener":
            callbacks.add(call["callbackId"])
        else:
            callbacks.discard(call["options"]["callbackId"])

    def _notify(self, plugin: str, event: str, data: dict[str, Any] | None = None) -> None:
        for callback in sorted(self.listeners.get((plugin, event), ())):
            message = {"callbackId": callback, "pluginId": plugin, "methodName": "addListener", "save": True}
            answer = json.dumps(message | {"success": True, "data": data or {}})
            self.page.evaluate("data => window.androidBridge.onmessage({ data })", answer)

    def _browser_open(self, options: dict[str, Any]) -> None:
        self.tab = self.phone.system_browser.new_page()
        self.tab.on("request", self._open_deep_link)
        try:
            self.tab.goto(options["url"])
        except Error as error:
            if "ERR_ABORTED" not in error.message:  # the answer was a redirect to the app: no page to show
                raise
        self.page.evaluate("() => { window.opened = true }")

    def _open_deep_link(self, request: Request) -> None:
        if request.url.startswith(f"{SCHEME}:"):
            self._notify("App", "appUrlOpen", {"url": request.url})

    def _browser_close(self, options: dict[str, Any]) -> None:
        self.close_tab()

    def _preferences_get(self, options: dict[str, Any]) -> dict[str, Any]:
        return {"value": self.preferences.get(options["key"])}

    def _preferences_set(self, options: dict[str, Any]) -> None:
        self.preferences[options["key"]] = options["value"]

    def _preferences_remove(self, options: dict[str, Any]) -> None:
        self.preferences.pop(options["key"], None)


def _serve(source: str, route: Route) -> None:
    if route.request.url.endswith("/app.js"):
        route.fulfill(body=sdk.bundle(source), content_type="text/javascript")
    elif route.request.url.endswith("/favicon.ico"):
        route.fulfill(status=204)
    else:
        route.fulfill(body=PAGE, content_type="text/html")


def _injected_by_the_runtime() -> str:
    """In the order of Capacitor's JSInjector: global object, bridge, plugin headers."""
    listeners = [{"name": "addListener"}, {"name": "removeListener"}]
    headers = [
        {"name": name, "methods": [*listeners, *({"name": method, "rtype": "promise"} for method in methods)]}
        for name, methods in PLUGINS.items()
    ]
    return "\n".join(
        (
            "window.Capacitor = { DEBUG: false, isLoggingEnabled: false, Plugins: {} };",
            "window.androidBridge = { postMessage: async (text) => {",
            "  const data = await window.callNative(text);",
            "  if (data) window.androidBridge.onmessage({ data });",
            "} };",
            sdk.package_file(NATIVE_BRIDGE),
            f"window.Capacitor.PluginHeaders = {json.dumps(headers)};",
        )
    )
