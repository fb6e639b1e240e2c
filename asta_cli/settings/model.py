"""Names, meanings, bounds and defaults of all settings, for pydantic-settings."""

from __future__ import annotations

from contextvars import ContextVar
from pathlib import Path
from typing import Annotated, Any, Literal

from asta_cli.core.errors import N_
from asta_cli.settings.paths import data_home, state_home
from asta_cli.settings.quiet import (
    BaseModel,
    BaseSettings,
    BeforeValidator,
    ConfigDict,
    Field,
    PydanticBaseSettingsSource,
    PydanticCustomError,
    SettingsConfigDict,
    no_plugins,
)

PREFIX = "ASTA_"
NESTING = "__"
Sources = tuple[PydanticBaseSettingsSource, ...]
# The sources below the environment, for the Settings being read: pydantic-settings asks the class for them.
lower_sources: ContextVar[Sources] = ContextVar("lower_sources", default=())


def _no_switch(value: Any) -> Any:
    """Python counts true as 1; in a configuration file it is a mistake."""
    if isinstance(value, bool):
        raise PydanticCustomError("int_type", "a number is needed")
    return value


Number = BeforeValidator(_no_switch)
Seconds = Annotated[float, Number, Field(ge=0, le=86_400)]


def _database() -> str:
    return f"sqlite:///{data_home() / 'asta.db'}"


def _mails() -> str:
    return f"dir://{state_home() / 'mail'}"


def _field(default: Any, description: str, **more: Any) -> Any:
    return Field(default, description=description, **more)


with no_plugins():

    class Section(BaseModel):
        """A table of the configuration file."""

        model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    class Access(Section):
        """Who is asking."""

        mode: Literal["trusted", "signed-in"] = _field("trusted", N_("Who may use this installation."))
        system_user: str = _field("asta", N_("The user of the machine as which people run asta through sudo."))

    class Import(Section):
        """Taking over registers."""

        store_birth_date: bool = _field(False, N_("Keep the dates of birth that files contain."))
        lock_wait: Seconds = _field(0, N_("Seconds to wait for another import of the same chamber."))

    class Portal(Section):
        """The web portal."""

        confirm_url: str | None = _field(
            None, N_("Page of the portal that confirms an address; its link goes into mails.")
        )

    class Letters(Section):
        """Activation letters."""

        valid_days: Annotated[int, Number, Field(ge=1, le=3660)] = _field(
            30, N_("Days until the code of a letter expires.")
        )

    class Perms(Section):
        """What a chamber may choose about permissions."""

        manager_may_grant_trainer: bool = _field(False, N_("Whether training managers may appoint trainers."))
        invitation_days: Annotated[int, Number, Field(ge=1, le=3660)] = _field(
            21, N_("Days until an invitation lapses whose address was not confirmed.")
        )
        remind_days: Annotated[int, Number, Field(ge=0, le=366)] = _field(
            14, N_("Days before permissions end on which administrators are reminded of them; 0: never.")
        )

    class Tokens(Section):
        """Service tokens."""

        longest_days: Annotated[int, Number, Field(ge=1, le=3660)] = _field(
            366, N_("The most days until a service token expires.")
        )

    class Exam(Section):
        """What a chamber may choose about exams."""

        trainer_may_register: bool = _field(False, N_("Whether trainers may register for exams."))

    class Password(Section):
        """How passwords are hashed (argon2id); the defaults are the least."""

        argon2_memory_kib: Annotated[int, Number, Field(ge=19_456, le=4_194_304)] = _field(
            19_456, N_("Memory that hashing a password takes, in KiB.")
        )
        argon2_passes: Annotated[int, Number, Field(ge=2, le=64)] = _field(2, N_("Passes over that memory."))
        argon2_lanes: Annotated[int, Number, Field(ge=1, le=64)] = _field(1, N_("Lanes worked on at the same time."))

    class Sqlite(Section):
        """The embedded database."""

        journal: Literal["delete", "wal"] = _field("delete", N_("Journal mode; wal needs SQLite 3.51.3 or newer."))
        lock_timeout: Seconds = _field(30, N_("Seconds to wait for other commands that are writing."))

    class Mail(Section):
        """Outgoing mail."""

        sender: str = _field("asta@localhost", N_("Address that mails come from."))
        timeout: Annotated[float, Number, Field(ge=1, le=600)] = _field(
            60, N_("Seconds to wait for each answer of the mail server.")
        )

    class Settings(BaseSettings):
        """All settings of one invocation."""

        model_config = SettingsConfigDict(
            env_prefix=PREFIX,
            env_prefix_target="all",
            env_nested_delimiter=NESTING,
            env_ignore_empty=True,
            extra="forbid",
            frozen=True,
            hide_input_in_errors=True,
        )

        database_url: str = Field(
            default_factory=_database, repr=False, description=N_("The database; SQLite or PostgreSQL.")
        )
        chamber: str | None = _field(None, N_("The chamber meant where a name or an import needs one."))
        as_email: str | None = _field(None, N_("The account to act as."), alias="as")
        mail_url: str = Field(
            default_factory=_mails, repr=False, description=N_("Where mails go: dir, smtp, smtp+starttls or smtps.")
        )
        secret_key_file: Path | None = _field(None, N_("File with the secret key; PostgreSQL needs it."))
        token_file: Path | None = _field(None, N_("File with the token of a service."))
        register_source: str | None = _field(None, N_("Where transfers read the data of a company."))
        register_mapping: str | None = _field(
            None, N_("Mapping file for what transfers read, or a directory with one for each chamber (177.toml).")
        )
        access: Access = Access()
        import_: Import = Field(Import(), alias="import")
        portal: Portal = Portal()
        letters: Letters = Letters()
        perms: Perms = Perms()
        tokens: Tokens = Tokens()
        exam: Exam = Exam()
        password: Password = Password()
        sqlite: Sqlite = Sqlite()
        mail: Mail = Mail()

        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> Sources:
            """Options before the environment before files."""
            return (init_settings, env_settings, *lower_sources.get())
