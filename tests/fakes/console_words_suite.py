"""Decides how every store keeps people's levels and comments: in order, sealed, and no further."""

from dataclasses import replace

import pytest
from viva_console.domain.comment import About, Comment, Subject
from viva_console.domain.errors import GoneError
from viva_console.domain.judgement import Judgement
from viva_console.store.port import Store

from tests.fakes.console_parts import START
from tests.fakes.console_store_suite import an_interview, kept, queued, submitted


def judged(store: Store, name: str = "one", *names: str) -> list[Judgement]:
    """Keep a judgement of each of the names, on one run."""
    run = queued(store, submitted(store, kept(store, an_interview(name))))
    found = [
        Judgement(
            f"j-{each}",
            run.interview_id,
            run.id,
            "clarity",
            each,
            START,
            None,
            4,
            f"SAID by {each}",
        )
        for each in names
    ]
    with store.unit() as work:
        for one in found:
            work.judgements.add(one)
        work.commit()
    return found


def commented(store: Store, name: str = "one") -> list[Comment]:
    """Keep a comment on a part, and one on the interview that corrects it."""
    interview = kept(store, an_interview(name))
    part = Subject(About.PART, "late_orders", "part_a")
    first = Comment(f"z-{name}", interview.id, "ada", START, part, "SAID of a part\n<b>")
    second = replace(first, id=f"a-{name}", subject=Subject(), corrects=first.id, by="grace")
    with store.unit() as work:
        for one in (first, second):
            work.comments.add(one)
        work.commit()
    return [first, second]


class WordsSuite:
    """Subclass it with a fixture ``store``, empty for each test."""

    def test_judgements_come_back_in_order(self, store: Store) -> None:
        found = judged(store, "one", "grace", "ada")
        judged(store, "two", "joan")
        with store.unit() as work:
            assert work.judgements.of_interview("interview-one") == found
            assert work.judgements.of_interview("interview-none") == []

    def test_comments_come_back_in_order(self, store: Store) -> None:
        found = commented(store)
        commented(store, "two")
        with store.unit() as work:
            assert work.comments.of_interview("interview-one") == found
            assert work.comments.of_interview("interview-none") == []

    def test_hash_of_what_is_kept_differs_for_the_same_words(self, store: Store) -> None:
        (one,) = judged(store, "one", "ada")
        with store.unit() as work:
            hashes = {work.judgements.add(replace(one, id=f"j{n}")) for n in range(3)}
        assert len(hashes) == 3
        assert all(len(each) == 64 for each in hashes)

    def test_erased_candidate_leaves_no_words(self, store: Store) -> None:
        (judgement,) = judged(store, "one", "ada")
        comment = Comment("c", judgement.interview_id, "ada", START, Subject(), "SAID")
        with store.unit() as work:
            work.comments.add(comment)
            work.interviews.destroy_key(work.interviews.get(judgement.interview_id), START)
            work.commit()
        for words, one in (("judgements", judgement), ("comments", comment)):
            with store.unit() as work:
                with pytest.raises(GoneError):
                    getattr(work, words).of_interview(judgement.interview_id)
                with pytest.raises(GoneError):
                    getattr(work, words).add(replace(one, id="later"))
