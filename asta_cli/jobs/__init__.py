"""Background jobs: the transfer of a company's data after its activation."""

from asta_cli.jobs.work import Tally as Tally
from asta_cli.jobs.work import work_once as work_once

__all__ = ["Tally", "work_once"]
