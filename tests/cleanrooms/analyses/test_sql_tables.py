"""SQL that is meant to keep its reader busy."""

import time

import pytest

from membership_mock.cleanrooms.analyses.sql_tables import tables_in

#: the longest SQL text that the model allows
MOST = 500_000


@pytest.mark.parametrize(
    "unit",
    ["/* ", "-- ", "'", '"', "`", "extract(", "a(", "a as (", "from ", "from a,", "with a ", " "],
)
@pytest.mark.parametrize("beginning", ["", "select * from a, ", "with a ("])
def test_the_longest_sql_is_read_in_little_time_whatever_it_repeats(unit, beginning):
    text = (beginning + unit * MOST)[:MOST]
    started = time.perf_counter()

    tables_in(text)

    # a text that is read again for each of its parts takes hours
    assert time.perf_counter() - started < 30


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ("SELECT * FROM a /* and FROM b", ["a"]),
        ("SELECT * FROM a /* FROM b */, c", ["a", "c"]),
        ("SELECT 'FROM b' FROM a WHERE x = 'it''s FROM c", ["a"]),
    ],
)
def test_what_a_comment_or_a_text_holds_is_no_table_even_if_it_is_not_closed(sql, tables):
    assert tables_in(sql) == tables
