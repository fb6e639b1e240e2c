"""What must be known before anything else is imported: language, form of errors, whether only the version is asked."""

from __future__ import annotations

TYPE_CHECKING = False  # "typing" itself costs time that --version need not pay
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LANGUAGES = ("de", "en")
DEFAULT_LANGUAGE = "en"
VALUED = ("--config", "--database", "--as", "--token-file", "--lang", "--log-format")
_LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


class Early:
    """The global options that matter before the command line is parsed properly. Wrong ones are reported later."""

    __slots__ = ("debug", "json", "lang", "version")

    def __init__(self, found: Mapping[str, str]) -> None:
        self.version = "--version" in found and "--help" not in found
        self.debug = "--debug" in found
        self.json = found.get("--log-format") == "json"
        self.lang = found.get("--lang", "")


def scan(argv: Sequence[str]) -> Early:
    """Read the global options of *argv*: everything before the first word that is no option or an option's value."""
    found: dict[str, str] = {}
    words = iter(argv)
    for word in words:
        if not word.startswith("-") or word == "--":
            break
        name, equals, value = word.partition("=")
        if name in VALUED and not equals:
            value = next(words, "")
        found[name] = value
        if name == "--help":
            break
    return Early(found)


def language(asked: str, environ: Mapping[str, str]) -> str:
    """The language to speak: *asked* (``--lang``), else ``ASTA_LANG``, else the locale of *environ*, else English."""
    for wish in (asked, environ.get("ASTA_LANG", "")):
        if wish in LANGUAGES:
            return wish
    for variable in _LOCALE_VARIABLES:
        if value := environ.get(variable):
            spoken = value.replace(".", "_").partition("_")[0].lower()
            return spoken if spoken in LANGUAGES else DEFAULT_LANGUAGE
    return DEFAULT_LANGUAGE
