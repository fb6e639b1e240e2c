"""How trainers and trainees are named, and what can be wrong with such a name."""

from __future__ import annotations

from asta_cli.core.errors import N_, NotFound, UsageError


class UnknownTrainer(NotFound):
    """No trainer has this number, or none that the asker may know of."""

    code = "unknown_trainer"
    message = N_("trainer {key} is not known")
    hint = N_("asta trainers list --all shows the numbers")


class UnknownTrainee(NotFound):
    """No trainee has this number, or none that the asker may know of."""

    code = "unknown_trainee"
    message = N_("trainee {key} is not known")
    hint = N_("check the Azubinummer; asta trainees list --all shows the numbers")


class SeveralRecords(UsageError):
    """The number belongs to records of several companies or chambers."""

    code = "ambiguous"
    message = N_("number {key} stands for several records: {choices}")
    hint = N_("add --company or --chamber")
