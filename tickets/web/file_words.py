"""Why a file is not taken, in a sentence."""

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext, gettext_lazy

from tickets.policy.uploads import FileRefused, clean_name

_SENTENCES = {
    "empty": gettext_lazy("%(name)s is empty."),
    "too_large": gettext_lazy("%(name)s is larger than %(most)s. Attach a smaller one, or only the part that matters."),
    "too_many": gettext_lazy("There are %(most)s files already. Remove one before you attach %(name)s."),
    "not_what_it_says": gettext_lazy("%(name)s is not what its name says. Save it anew and attach it again."),
    "filed": gettext_lazy("This draft is filed already."),
    "kind_of_file": gettext_lazy("%(name)s can't be taken. Attach a picture, a PDF or a text file."),
}


def size_in_words(size: int) -> str:
    """Return a limit as people say it: "10 MB", not "10.0 MB"."""
    whole, rest = divmod(size, 1024 * 1024)
    return f"{whole} MB" if whole and not rest else filesizeformat(size)


def file_refusal(error: FileRefused, name: str) -> str:
    """Return the sentence that says which file is not taken, why, and what would be."""
    most = error.params.get("most")
    is_size = error.code == "too_large" and isinstance(most, int)
    words = {"name": clean_name(name), "most": size_in_words(most) if is_size else most}  # type: ignore[arg-type]
    sentence = _SENTENCES.get(error.code)
    return str(sentence) % words if sentence else gettext("%(name)s can't be taken.") % words
