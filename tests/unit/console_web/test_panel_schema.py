from datetime import UTC, datetime, timedelta, timezone

from viva_console.api.panel_models import Submitted
from viva_console.api.schema import SCHEMA_PATH, panel_schema


def test_schema_file_says_what_the_models_say():
    assert SCHEMA_PATH.read_text(encoding="utf-8") == panel_schema(), (
        "run: python -m viva_console.api.schema, then generate the panel's types again"
    )


def test_times_cross_in_utc_wherever_they_were_made():
    moment = datetime(2026, 3, 1, 9, 30, tzinfo=timezone(timedelta(hours=2)))
    answer = Submitted(submitted_at=moment, receipts=[], receipt_url="/r")
    assert '"submitted_at":"2026-03-01T07:30:00.000Z"' in answer.model_dump_json()
    assert answer.submitted_at.astimezone(UTC) == moment
