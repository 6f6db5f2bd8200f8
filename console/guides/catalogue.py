"""The list of guides. Ids are those that applications carry in `Application.guide`, so they never change."""

from dataclasses import dataclass

from idp.applications.models import Application, ApplicationType

# Where the WebView of a Capacitor or Ionic app says it comes from; none of them is a web site somebody could register.
WEB_VIEW_ORIGINS = ("https://localhost", "http://localhost", "capacitor://localhost", "ionic://localhost")


@dataclass(frozen=True, slots=True)
class Guide:
    id: str
    name: str
    mark: str  # two or three letters on the card
    type: ApplicationType
    description: str
    order: float
    redirect_uri: str = ""
    post_sign_out_uri: str = ""
    allowed_origins: tuple[str, ...] = ()  # set on creation, and said so on the guide's page
    popular: bool = False
    featured: bool = False
    is_device_flow: bool = False
    is_third_party: bool = False
    has_steps: bool = True  # without them it is a way to create an application, and its page comes next

    def fits(self, application: Application) -> bool:
        """Does what its steps say hold for this application?"""
        kind = (application.type, application.is_device_flow)
        return self.has_steps and kind == (self.type, self.is_device_flow)

    @property
    def template(self) -> str:
        return f"console/guides/{self.id}.html"


GUIDES = (
    Guide(
        "native-capacitor", "Capacitor JS", "Cap", ApplicationType.NATIVE,
        "A web app in a native shell, for iOS and Android from one code base.", 1,
        "com.example.app://callback", "com.example.app://callback/sign-out",
        allowed_origins=WEB_VIEW_ORIGINS, popular=True, featured=True,
    ),
    Guide(
        "native-expo", "Expo (React Native)", "Xp", ApplicationType.NATIVE,
        "Native apps in React, built and delivered with Expo.", 2,
        "com.example.app://callback",
    ),
    Guide(
        "native-device-flow", "Input-limited app or CLI", "TV", ApplicationType.NATIVE,
        "A television, a command line: it shows a code, and people sign in on their phone.", 3,
        is_device_flow=True,
    ),
    Guide(
        "spa-react", "React", "Re", ApplicationType.SPA,
        "Pages made of components; hooks give you the person and the tokens.", 1,
        "http://localhost:3000/callback", "http://localhost:3000/", popular=True, featured=True,
    ),
    Guide(
        "spa-vue", "Vue", "Vue", ApplicationType.SPA,
        "A plugin and composables for Vue 3 and its router.", 2,
        "http://localhost:5173/callback", "http://localhost:5173/", popular=True,
    ),
    Guide(
        "spa-vanilla", "Vanilla JS", "JS", ApplicationType.SPA,
        "No framework: a client object for any page that runs in a browser.", 3,
        "http://localhost:3000/callback.html", "http://localhost:3000/",
    ),
    Guide(
        "web-next-app-router", "Next.js (App Router)", "Nx", ApplicationType.TRADITIONAL,
        "Server components and server actions; tokens never reach the browser.", 1,
        "http://localhost:3000/callback", "http://localhost:3000", popular=True, featured=True,
    ),
    Guide(
        "web-express", "Express", "Ex", ApplicationType.TRADITIONAL,
        "Middleware and ready-made routes for a Node.js server.", 2,
        "http://localhost:3000/logto/sign-in-callback", "http://localhost:3000",
    ),
    Guide(
        "web-python", "Python", "Py", ApplicationType.TRADITIONAL,
        "Flask, Django or any other framework that keeps a session.", 3,
        "http://localhost:5000/callback", "http://localhost:5000/",
    ),
    Guide(
        "m2m-general", "Machine-to-machine", "M2M", ApplicationType.MACHINE_TO_MACHINE,
        "A service that calls an API in its own name, with nobody signing in.", 1, popular=True, featured=True,
    ),
    Guide(
        "third-party-oidc", "Third-party app (traditional web)", "3W", ApplicationType.TRADITIONAL,
        "Somebody else's web server. People are asked before it learns anything.", 1,
        is_third_party=True, has_steps=False,
    ),
    Guide(
        "third-party-oidc-spa", "Third-party app (single-page)", "3S", ApplicationType.SPA,
        "Somebody else's app in the browser. People are asked before it learns anything.", 2,
        is_third_party=True, has_steps=False,
    ),
    Guide(
        "third-party-oidc-native", "Third-party app (native)", "3N", ApplicationType.NATIVE,
        "Somebody else's app on a device. People are asked before it learns anything.", 3,
        is_third_party=True, has_steps=False,
    ),
)  # fmt: skip
_BY_ID = {guide.id: guide for guide in GUIDES}


def find(guide_id: str) -> Guide | None:
    return _BY_ID.get(guide_id)


def featured() -> list[Guide]:
    return [guide for guide in GUIDES if guide.featured]
