"""The languages of hosted pages and messages, and what they say."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from console.access import administrator, staff_required
from console.experience_forms import saved
from console.forms.languages import LanguageForm, PhrasesForm
from idp.lib import languages as tags
from idp.signin import languages, phrases
from idp.signin.errors import LanguageUnknown, PhraseInvalid
from idp.signin.models import CustomPhrases, SignInExperience


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def language_list(request: HttpRequest) -> HttpResponse:
    form = LanguageForm(SignInExperience.load().language_info, request.POST if request.method == "POST" else None)
    if saved(request, form):
        return redirect("console:experience-languages")
    changed = {row.language: len(row.translation) for row in CustomPhrases.objects.all()}
    rows = [(code, name, tags.tag(code), changed.get(code, 0)) for code, name in tags.names()]
    return render(request, "console/experience/languages.html", {"form": form, "rows": rows})


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def language_phrases(request: HttpRequest, code: str) -> HttpResponse:
    """Every sentence of one language, beside what it says as it comes."""
    try:
        known = phrases.catalog(code)
    except LanguageUnknown as error:
        raise Http404 from error
    row = CustomPhrases.objects.filter(pk=code).first()
    form = PhrasesForm(known, row.translation if row else {}, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            languages.save_phrases(by=administrator(request).audit_name, language=code, changes=form.changes())
        except PhraseInvalid as error:
            form.show_problem(error.key, error.message)
        else:
            messages.success(request, "The changes are saved.")
            return redirect("console:experience-phrases", code=code)
    context = {"form": form, "name": dict(tags.names())[code], "tag": tags.tag(code)}
    return render(request, "console/experience/phrases.html", context)
