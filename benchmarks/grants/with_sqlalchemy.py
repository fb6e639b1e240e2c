"""A file of permissions with SQLAlchemy Core, set by set: with_sqlalchemy.py fill|grant|rows DATABASE FILE...

Written as one would who knows the library: tables, a recursive query for the companies that the asker administers, one
executemany a chunk that passes over what is there, an audit row, one transaction.
``rows`` does the same with mapped classes, one row at a time, as most programs do.
"""

import csv
import sys
from datetime import UTC, datetime
from itertools import islice
from typing import ClassVar

from sqlalchemy import Boolean, ForeignKey, Index, String, create_engine, func, insert, literal, or_, select, text
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

CHUNK = 10_000


class Base(DeclarativeBase):
    type_annotation_map: ClassVar = {str: String}


class Company(Base):
    __tablename__ = "company"
    id: Mapped[int] = mapped_column(primary_key=True)
    ident: Mapped[str] = mapped_column(unique=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("company.id"), index=True)


class Account(Base):
    __tablename__ = "account"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    confirmed: Mapped[bool] = mapped_column(Boolean)


class Grant(Base):
    __tablename__ = "access_grant"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    role: Mapped[str]
    sites: Mapped[bool]
    valid_from: Mapped[str | None]
    valid_until: Mapped[str | None]
    granted_at: Mapped[str]
    granted_by: Mapped[str]
    reason: Mapped[str | None]
    ended_at: Mapped[str | None]
    __table_args__ = (
        Index("one_grant", "account_id", "company_id", "role", unique=True, sqlite_where=text("ended_at IS NULL")),
        Index("grant_company", "company_id", "role"),
    )


class Audit(Base):
    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[str]
    who: Mapped[str]
    action: Mapped[str]
    rows: Mapped[int]


def engine(database):
    return create_engine(f"sqlite:///{database}")


def fill(database, companies, people, present):
    made = engine(database)
    Base.metadata.create_all(made)
    with made.begin() as connection:
        rows = [(row["ident_number"], row["parent"]) for row in read(companies)]
        numbers = {ident: n for n, (ident, _) in enumerate(rows, 1)}
        connection.execute(
            insert(Company), [{"id": numbers[i], "ident": i, "parent_id": numbers.get(parent)} for i, parent in rows]
        )
        accounts = {row["email"]: n for n, row in enumerate(read(people), 1)}
        connection.execute(
            insert(Account), [{"id": n, "email": email, "confirmed": True} for email, n in accounts.items()]
        )
        held = read(present)
        while part := list(islice(held, CHUNK)):
            connection.execute(
                insert(Grant),
                [values(accounts[r["email"]], numbers[r["company"]], r["role"], "operator") for r in part],
            )


def values(account, company, role, who):
    now = datetime.now(UTC).isoformat()
    return {
        "account_id": account, "company_id": company, "role": role, "sites": True, "granted_at": now, "granted_by": who
    }  # fmt: skip


def reach(connection, who):
    """The companies that *who* administers, by their number."""
    now = datetime.now(UTC).isoformat()
    start = (
        select(Grant.company_id.label("id"))
        .join(Account)
        .where(Account.email == who, Account.confirmed, Grant.role == "administrator", Grant.sites)
        .where(Grant.ended_at.is_(None), or_(Grant.valid_from.is_(None), Grant.valid_from <= now))
        .where(or_(Grant.valid_until.is_(None), Grant.valid_until > now))
        .cte(recursive=True)
    )
    whole = start.union(select(Company.id).join(start, Company.parent_id == start.c.id))
    found = select(Company.ident, Company.id).join(whole, whole.c.id == Company.id)
    return {row[0]: row[1] for row in connection.execute(found)}


def grant(database, file, who):
    with engine(database).begin() as connection:
        companies = reach(connection, who)
        accounts = {row[0]: row[1] for row in connection.execute(select(Account.email, Account.id))}
        total = select(func.count()).select_from(Grant)
        before = connection.execute(total).scalar_one()
        new = upsert(Grant).on_conflict_do_nothing()
        rows = read(file)
        while part := list(islice(rows, CHUNK)):
            if any(row["company"] not in companies or row["email"] not in accounts for row in part):
                sys.exit("rows refused")
            connection.execute(
                new, [values(accounts[r["email"]], companies[r["company"]], r["role"], who) for r in part]
            )
        made = connection.execute(total).scalar_one() - before
        connection.execute(insert(Audit), {"at": str(datetime.now(UTC)), "who": who, "action": "grant", "rows": made})
    print(f"{made} granted")


def rows(database, file, who):
    made = 0
    with Session(engine(database)) as session, session.begin():
        for row in read(file):
            company = session.scalars(select(Company).where(Company.ident == row["company"])).one()
            account = session.scalars(select(Account).where(Account.email == row["email"])).one()
            if not administers(session, who, company):
                sys.exit("row refused")
            held = select(Grant).where(
                Grant.account_id == account.id,
                Grant.company_id == company.id,
                Grant.role == row["role"],
                Grant.ended_at.is_(None),
            )
            if session.scalars(held).one_or_none() is None:
                session.add(Grant(**values(account.id, company.id, row["role"], who)))
                session.add(Audit(at=str(datetime.now(UTC)), who=who, action="grant", rows=1))
                session.flush()
                made += 1
    print(f"{made} granted")


def administers(session, who, company):
    while company is not None:
        held = select(literal(True)).where(
            Grant.company_id == company.id,
            Grant.account_id == Account.id,
            Account.email == who,
            Grant.role == "administrator",
            Grant.ended_at.is_(None),
        )
        if session.execute(held).first():
            return True
        company = session.get(Company, company.parent_id) if company.parent_id else None
    return False


def read(file):
    with open(file, encoding="utf-8", newline="") as source:
        yield from csv.DictReader(source)


if __name__ == "__main__":
    {"fill": fill, "grant": grant, "rows": rows}[sys.argv[1]](*sys.argv[2:])
