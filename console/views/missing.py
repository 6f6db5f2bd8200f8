from django.http import Http404, HttpRequest, HttpResponse

from console.access import Permission, needs


@needs(Permission.PEOPLE)
def missing(request: HttpRequest, rest: str) -> HttpResponse:
    """An address that no page has: told inside the console, to those who are in it."""
    raise Http404(rest)
