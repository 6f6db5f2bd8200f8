"""The languages of hosted pages and messages, and what they say."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from console.access import Permission, administrator, needs
from console.editing import answer, edit
from console.experience_forms import answered, edit_experience, experience
from console.forms.languages import LanguageForm, PhrasesForm
from idp.audit.models import EventFilter
from idp.lib import languages as tags
from idp.signin import languages, phrases
from idp.signin.errors import LanguageUnknown, PhraseInvalid
from idp.signin.models import CustomPhrases


@needs(Permission.READ, Permission.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def language_list(request: HttpRequest) -> HttpResponse:
    editing = edit_experience(request, lambda stored, data: LanguageForm(stored.language_info, data))
    if answer := answered(request, editing, "console:experience-languages"):
        return answer
    changed = {row.language: len(row.translation) for row in CustomPhrases.objects.all()}
    rows = [(code, name, tags.tag(code), changed.get(code, 0)) for code, name in tags.names()]
    return render(
        request, "console/experience/languages.html", {"form": editing.form, "rows": rows}, status=editing.status
    )


@needs(Permission.READ, Permission.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def language_phrases(request: HttpRequest, code: str) -> HttpResponse:
    """Every sentence of one language, beside what it says as it comes."""
    try:
        known = phrases.catalog(code)
    except LanguageUnknown as error:
        raise Http404 from error

    def load(lock: bool) -> dict[str, str]:
        experience(lock)  # a language that nobody changed has no row to lock
        row = CustomPhrases.objects.filter(pk=code).first()
        return row.translation if row else {}

    def write(_: dict[str, str], form: PhrasesForm) -> bool:
        try:
            languages.save_phrases(by=administrator(request).audit_name, language=code, changes=form.changes())
        except PhraseInvalid as error:
            form.show_problem(error.key, error.message)
            return False
        return True

    editing = edit(
        request, load=load, build=lambda changed, data: PhrasesForm(known, changed, data), write=write,
        about=EventFilter(subject=f"language:{code}"),
    )  # fmt: skip
    context = {"name": dict(tags.names())[code], "tag": tags.tag(code)}
    return answer(request, editing, "console/experience/phrases.html", context)
