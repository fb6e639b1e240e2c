"""What can be wrong with the settings. No message holds a value: it might be a password."""

from __future__ import annotations

from asta_cli.core.errors import N_, AstaError, Status


class ConfigError(AstaError):
    """A setting is wrong. ``where`` is a file, a variable or an option, ``name`` the setting."""

    code = "config"
    status = Status.CONFIG
    message = N_("{where}: the value of {name} is not possible")
    hint = N_("asta config show --origin tells where each value comes from")


class UnknownSetting(ConfigError):
    """There is no such setting; probably it is misspelt."""

    message = N_("{where}: there is no setting {name}")
    hint = N_("asta config show lists the settings")


class MisspeltSetting(UnknownSetting):
    """There is a setting with nearly this name."""

    hint = N_("did you mean {similar}?")


class NotAmongChoices(ConfigError):
    """Only some values are possible."""

    message = N_("{where}: {name} must be one of {choices}")


class TooSmall(ConfigError):
    """The number is below the least one."""

    message = N_("{where}: {name} must be at least {limit}")


class TooLarge(ConfigError):
    """The number is above the largest one."""

    message = N_("{where}: {name} must be at most {limit}")


class NoNumber(ConfigError):
    """A number is needed."""

    message = N_("{where}: {name} must be a number")


class NoSwitch(ConfigError):
    """true or false is needed."""

    message = N_("{where}: {name} must be true or false")


class NoText(ConfigError):
    """A string is needed."""

    message = N_("{where}: {name} must be a text in quotes")


class NoTable(ConfigError):
    """A section is needed."""

    message = N_("{where}: {name} must be a section with settings")


class NotInThisVersion(ConfigError):
    """The setting is known and means something asta cannot do yet."""

    message = N_("{where}: {name} = {value} is not available in this version of asta")
    hint = N_("set it to {instead}")


class SetTwice(ConfigError):
    """A value and a file with that value are both given."""

    message = N_("{name} and {name}_FILE are both set")
    hint = N_("unset one of them")


class UnreadableFile(ConfigError):
    """A file with settings, or with the value of one, cannot be read."""

    message = N_("{file} cannot be read: {reason}")
    hint = N_("check that it exists and that you may read it")


class BadToml(ConfigError):
    """A configuration file is not TOML."""

    message = N_("{file} is no TOML file{place}")
    hint = N_("look for a missing quotation mark or bracket")


class FileExists(AstaError):
    """``config init`` does not overwrite."""

    code = "exists"
    status = Status.REFUSED
    message = N_("{file} exists already")
    hint = N_("edit it, or move it away first")


class NotWritable(ConfigError):
    """``config init`` cannot write."""

    message = N_("{file} cannot be written: {reason}")
    hint = N_("check the directory, or name another file with --config")
