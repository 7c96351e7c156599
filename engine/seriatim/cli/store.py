"""`seriatim store`: migrate, export, purge and status of what the service has stored."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from seriatim.cli.output import say, say_json
from seriatim.cli.problems import FINE, PROBLEMS, CannotRunError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seriatim.store import Store
    from seriatim.store.store import Kind
    from seriatim.store.upkeep import Status

INSTALL = "the store needs packages that are not installed: pip install 'seriatim[service]'"
HOURS = {"h": 1, "d": 24, "w": 7 * 24, "y": 365 * 24}
_AGE = re.compile(r"([0-9]{1,6})([hdwy])")


def migrate_store(url: str | None, config: str | None) -> None:
    """Make the tables, or bring them up to this release; raises StoreError."""
    where = _where(url, config)
    from seriatim.store.upkeep import bring_up_to_date  # noqa: PLC0415 - an extra

    name, changed = bring_up_to_date(where)
    say(f"{name}: {'the tables are ready' if changed else 'the tables were up to date'}\n")


def show_status(url: str | None, config: str | None, form: str) -> int:
    """0 if the store can be used, 1 if its tables are not those of this release."""
    where = _where(url, config)
    from seriatim.store.upkeep import status  # noqa: PLC0415 - an extra

    found = status(where)
    if form == "json":
        say_json(_plain(found))
    else:
        say(_text(found))
    return FINE if found.current else PROBLEMS


def _plain(found: Status) -> dict[str, Any]:
    from seriatim.store.reading import as_text  # noqa: PLC0415 - an extra

    spans = {
        kind: span and {"oldest": as_text(span[0]), "newest": as_text(span[1])}
        for kind, span in found.spans.items()
    }
    return {
        "store": found.name,
        "current": found.current,
        "tables": {"found": found.tables, "newest": found.newest},
        "rows": dict(found.rows),
        "spans": spans,
    }


def _text(found: Status) -> str:
    lines = [found.name, f"tables: {_tables(found)}"]
    for kind, rows in found.rows.items():
        span = found.spans.get(kind)
        when = f", {span[0]:%Y-%m-%d} to {span[1]:%Y-%m-%d}" if span else ""
        lines.append(f"{kind}: {rows:,}{when}")
    return "\n".join(lines) + "\n"


def _tables(found: Status) -> str:
    if found.current:
        return f"{found.newest}, those of this release"
    if found.tables is None:
        return "none yet; run `seriatim store migrate`"
    if found.older:
        return f"{found.tables}, of an older release; run `seriatim store migrate`"
    return f"{found.tables}, of a newer release (this one knows {found.newest}); install that one"


def export_records(
    kind: Kind, url: str | None, config: str | None, form: str, output: str | None
) -> None:
    """Every record of a kind to a file or standard output; raises StoreError."""
    from seriatim.cli.store_export import lines, write  # noqa: PLC0415 - one command

    with _open(url, config) as store:
        write(lines(store.export(kind), kind, form), output)


def purge_store(age: str, url: str | None, config: str | None, *, dry_run: bool) -> None:
    """Remove, or count, what is older; raises CannotRunError for an age that is none."""
    before = datetime.now(UTC) - _age(age)
    with _open(url, config) as store:
        counts = store.count_before(before) if dry_run else store.purge(before)
    did = "would remove" if dry_run else "removed"
    say(f"{did} from before {before:%Y-%m-%d %H:%M} UTC: {_counted(counts)}\n")


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{table} {count:,}" for table, count in counts.items())


def _age(text: str) -> timedelta:
    found = _AGE.fullmatch(text)
    if found is None:
        raise CannotRunError("--older-than: give a number with h, d, w or y, such as 90d")
    age = timedelta(hours=int(found[1]) * HOURS[found[2]])
    if age > timedelta(days=365 * 1000):
        raise CannotRunError("--older-than: give less than a thousand years")
    return age


def _open(url: str | None, config: str | None) -> Store:
    where = _where(url, config)
    from seriatim.store import Store  # noqa: PLC0415 - an extra

    return Store.open(where, migrate=False)


def _where(url: str | None, config: str | None) -> str:
    """The URL of the store; raises CannotRunError without the extra, SettingsError as `serve`."""
    if any(find_spec(name) is None for name in ("sqlalchemy", "alembic")):
        raise CannotRunError(INSTALL)
    if url is not None:
        return url
    return _configured(config)


def _configured(config: str | None) -> str:
    """As the service would find it."""
    try:
        from seriatim.service.places import store_url  # noqa: PLC0415 - an extra
        from seriatim.service.reading import read_settings  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise CannotRunError(INSTALL) from error
    return store_url(read_settings(config, os.environ, {}))
