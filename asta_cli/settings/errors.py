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


class OnlyHere(ConfigError):
    """People have to sign in: then one file decides, and nobody can bring settings of their own."""

    code = "only_here"
    message = N_("{where} is not possible here: all settings come from {file}")
    hint = N_("leave it out; on this machine asta is set up by its administrator")


class NotForAll(ConfigError):
    """A setting that would make everybody the same person."""

    message = N_("{where}: {name} would make one person of everybody")
    hint = N_("take it out; everybody signs in, and programs give --token-file")


class NoSystemUser(ConfigError):
    """The user as which asta is to run does not exist."""

    message = N_("{where}: there is no user {name} on this machine")
    hint = N_("create it, or set access.system_user")


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
