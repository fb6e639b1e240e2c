"""``asta services``: how far a chamber has opened its services, and which companies use them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer

from asta_cli.cli import render
from asta_cli.cli.command import Noun
from asta_cli.cli.listing import BOOL, TIME, Col
from asta_cli.cli.options import ChamberOption, ChangeOptions, ListOptions
from asta_cli.core.errors import N_
from asta_cli.core.model import Service, ServiceState

if TYPE_CHECKING:
    from asta_cli import run
    from asta_cli.cli.context import App
    from asta_cli.core.planner import Planner
    from asta_cli.core.rows import Row
    from asta_cli.core.services import CompanyServicePlanner

app = Noun(N_("Services of the portal and who may use them."))

SERVICES = {
    "exam-registration": N_("online exam registration"),
    "contract-management": N_("contract management"),
}
STATES = {"unavailable": N_("unavailable"), "pilot": N_("pilot"), "available": N_("available")}
COLUMNS = (
    Col("service", N_("Service"), words=SERVICES),
    Col("chamber", N_("Chamber")),
    Col("state", N_("State"), words=STATES),
    Col("since", N_("Since"), TIME),
)
OF_COMPANY = (
    *COLUMNS,
    Col("company", N_("Company")),
    Col("active", N_("Activated"), BOOL),
    Col("pilot", N_("In the pilot"), BOOL),
)
Which = Annotated[Service, typer.Argument(metavar="SERVICE", help=N_("The service."))]
Companies = Annotated[list[str], typer.Option("--company", metavar="IDENT", help=N_("The company; may be repeated."))]


@app.verb(
    "list",
    N_("List the services of the chambers that concern you; of one company, whether it uses them."),
    examples=("asta services list", "asta services list --company 0001234"),
)
def list_(
    ctx: typer.Context,
    listing: ListOptions,
    company: Annotated[
        str | None, typer.Option("--company", metavar="IDENT", help=N_("What this company may use, and uses."))
    ] = None,
    chamber: ChamberOption = None,
) -> None:
    """List services."""
    from asta_cli.run import views

    asta = cast("App", ctx.obj)

    def rows(tx: run.Tx) -> Sequence[views.Row]:
        scope = views.scope(tx, asta.desk)
        if company is None:
            return list(views.services(tx, scope, chamber))
        return list(views.services_of(tx, scope, company, chamber))

    render.listing(asta, OF_COMPANY if company is not None else COLUMNS, rows, listing)


@app.verb(
    "set-state",
    N_("Open a service of a chamber, to all or as a pilot, or close it. Opening it is told to all administrators."),
    examples=(
        "asta services set-state exam-registration pilot",
        "asta services set-state exam-registration available --chamber 177",
    ),
)
def set_state(
    ctx: typer.Context,
    service: Which,
    state: Annotated[ServiceState, typer.Argument(metavar="STATE", help=N_("Its new state."))],
    change: ChangeOptions,
    chamber: ChamberOption = None,
) -> None:
    """Set the state of a service."""
    from asta_cli.core.releases import StatePlanner
    from asta_cli.intake.arguments import arguments

    asta = cast("App", ctx.obj)
    number = asta.chamber(chamber)
    row = arguments(chamber=number, service=service.value, state=state.value)

    def planner(attempt: run.Attempt) -> Planner:
        return StatePlanner(attempt.now, attempt.ids)

    _change(asta, "services set-state", [row], planner, change, f"{number} {service} {state}", number)


@app.verb(
    "pilot",
    N_("Add companies to the pilot of a service, or remove them."),
    examples=(
        "asta services pilot add exam-registration --company 0001234 --company 0001235",
        "asta services pilot remove exam-registration --company 0001234",
    ),
)
def pilot(
    ctx: typer.Context,
    action: Annotated[Literal["add", "remove"], typer.Argument(metavar="ACTION", help=N_("What to do."))],
    service: Which,
    change: ChangeOptions,
    company: Companies,
    chamber: ChamberOption = None,
) -> None:
    """Change the list of a pilot."""
    from asta_cli.core.services import PilotPlanner

    _companies(ctx.obj, f"services pilot {action}", PilotPlanner, service, company, chamber, change, on=action == "add")


@app.verb(
    "activate",
    N_("Activate a service for companies. If it is not open to one, the answer says why."),
    examples=("asta --as hr@example.com services activate exam-registration --company 0001234",),
)
def activate(
    ctx: typer.Context, service: Which, change: ChangeOptions, company: Companies, chamber: ChamberOption = None
) -> None:
    """Activate a service."""
    from asta_cli.core.services import ActivationPlanner

    _companies(ctx.obj, "services activate", ActivationPlanner, service, company, chamber, change, on=True)


@app.verb(
    "deactivate",
    N_("Deactivate a service for companies."),
    examples=("asta --as hr@example.com services deactivate exam-registration --company 0001234",),
)
def deactivate(
    ctx: typer.Context, service: Which, change: ChangeOptions, company: Companies, chamber: ChamberOption = None
) -> None:
    """Deactivate a service."""
    from asta_cli.core.services import ActivationPlanner

    _companies(ctx.obj, "services deactivate", ActivationPlanner, service, company, chamber, change, on=False)


def _companies(
    asta: App,
    command: str,
    planner: type[CompanyServicePlanner],
    service: Service,
    companies: Sequence[str],
    chamber: str | None,
    change: ChangeOptions,
    *,
    on: bool,
) -> None:
    """Change something about a service for each company. Each is an item of its own, told apart by its line."""
    from asta_cli.core.services import PilotPlanner
    from asta_cli.intake.arguments import arguments
    from asta_cli.run.asking import asking

    named = list(dict.fromkeys(name.strip() for name in companies))
    rows = [replace(arguments(company=name, service=service.value), line=n) for n, name in enumerate(named)]
    seeing = asking(asta.desk)

    def make(attempt: run.Attempt) -> Planner:
        return planner(attempt.now, attempt.ids, seeing, on=on, chamber=chamber, usual=asta.settings.chamber)

    target = f"{service} {' '.join(named)}"
    _change(asta, command, rows, make, change, target, for_all=not issubclass(planner, PilotPlanner))


def _change(
    asta: App,
    command: str,
    rows: Sequence[Row],
    planner: Callable[[run.Attempt], Planner],
    change: ChangeOptions,
    target: str,
    chamber: str | None = None,
    *,
    for_all: bool = False,
) -> None:
    from asta_cli import run
    from asta_cli.run.asking import for_operators

    def batches(attempt: run.Attempt) -> list[run.Batch]:
        return [run.Batch(planner(attempt), [rows])]

    task = run.Task(command, batches, target, kind="services", chamber=chamber, single=len(rows) == 1)
    if not for_all:
        task = for_operators(asta.desk, task)
    render.finish(asta, run.execute(asta.desk, task, change.limits()), change)
