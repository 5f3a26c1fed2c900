"""Decides how the corpus is written down in the documentation; run as a module, it writes it."""

from pathlib import Path

from tests.attacks.corpus import CORPUS, GROUPS, QUERIES, Against, Attack, attacks_of, queries_of

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "attacks.md"
BEGIN, END = "<!-- table: begin -->\n", "<!-- table: end -->\n"


def table() -> str:
    """Give a section for each group, with a row for each attack."""
    lines = [f"{len(CORPUS)} submissions and {len(QUERIES)} queries.", ""]
    for group in GROUPS:
        lines += [f"## {group.replace('_', ' ').capitalize()}", ""]
        lines += ["| attack | what it tries | gains elsewhere | here |", "|---|---|---|---|"]
        lines += [
            f"| `{each.name}` | {_plain(each.tries)} | {_gain(each)} | {_here(each)} |"
            for each in attacks_of(group)
        ]
        lines += [
            f"| `{each.name}` | {_plain(each.tries)} | it works for {Against.SUPERUSER} | nothing |"
            for each in queries_of(group)
        ]
        lines.append("")
    return "\n".join(lines)


def page(text: str) -> str:
    """Put the table into the page's text."""
    head, _, rest = text.partition(BEGIN)
    return head + BEGIN + table() + END + rest.partition(END)[2]


def _gain(attack: Attack) -> str:
    what = "secrets, or harm that it notes" if attack.gain == "loot" else str(attack.gain.value)
    return f"{what}: {attack.against.value}"


def _here(attack: Attack) -> str:
    parts = ", ".join(f"`{part}`" for part, points in attack.earns.items() if points)
    return f"what its answer is worth: {parts}" if parts else "nothing"


def _plain(text: str) -> str:
    return text.replace("|", "\\|").replace("__", "\\_\\_").replace("*", "\\*")


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text()))
