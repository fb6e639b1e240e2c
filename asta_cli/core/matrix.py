"""The permission matrix of the portal: who may do what at a company. This page is all there is to it.

A role is held by a grant on a company. It gives the same on the sites below, unless the grant says otherwise or the
role is a trainer's. Cells that the portal limits ("self", "names, for contracts") are no here: listings show just that
much, and no change may be made by them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from asta_cli.core.model import Permission as P
from asta_cli.core.model import Role as R


class Cell(Enum):
    """What the matrix says. ``SETTING`` is no until the installation switches it on."""

    YES = "yes"
    NO = "no"
    SETTING = "setting"


COLUMNS = (R.ADMINISTRATOR, R.MANAGER, R.TRAINER, R.CONTRACT_APPLICANT)
"""The roles, in the order of the cells below; the operator of the chamber stands before them."""

yes, no, setting = Cell.YES, Cell.NO, Cell.SETTING
# fmt: off
MATRIX: dict[P, tuple[Cell, ...]] = {
    #                          operator  administrator  manager  trainer  contract_applicant
    P.COMPANY_VIEW:           (yes,      yes,           yes,     yes,     yes),
    P.TRAINERS_VIEW:          (yes,      yes,           yes,     no,      no),
    P.TRAINEES_VIEW:          (yes,      yes,           yes,     no,      no),
    P.TRAINEES_VIEW_ASSIGNED: (yes,      yes,           yes,     yes,     no),
    P.PERMS_GRANT:            (yes,      yes,           no,      no,      no),
    P.PERMS_GRANT_TRAINER:    (yes,      yes,           setting, no,      no),
    P.SERVICES_MANAGE:        (yes,      yes,           no,      no,      no),
    P.EXAM_REGISTER:          (no,       yes,           yes,     setting, no),
    P.CONTRACTS_FILE:         (no,       no,            no,      no,      yes),
}
# fmt: on
OPERATOR: frozenset[P] = frozenset(permission for permission, cells in MATRIX.items() if cells[0] is yes)
"""What the operator of a chamber may do at each of its companies."""

INHERITED: frozenset[R] = frozenset(COLUMNS) - {R.TRAINER}
"""The roles that reach the sites below; a trainer's is bound to one trainer record of one company."""


@dataclass(frozen=True, slots=True)
class Toggles:
    """The settings of an installation, one for each ``setting`` in the matrix."""

    manager_may_grant_trainer: bool = False
    trainer_may_register: bool = False

    def gives(self, role: R, permission: P) -> bool:
        """Whether *role* gives *permission* on its company."""
        found = cell(role, permission)
        return self._on(role) if found is setting else found is yes

    def _on(self, role: R) -> bool:
        return self.manager_may_grant_trainer if role is R.MANAGER else self.trainer_may_register

    def roles(self, permission: P) -> frozenset[R]:
        """The roles that give *permission*."""
        return frozenset(role for role in R if self.gives(role, permission))


def cell(role: R, permission: P) -> Cell:
    """What the matrix says of *role* and *permission*."""
    return MATRIX[permission][1 + COLUMNS.index(role)]


def grant_permission(role: R) -> P:
    """The permission needed to give or take *role*."""
    return P.PERMS_GRANT_TRAINER if role is R.TRAINER else P.PERMS_GRANT
