"""Pages of lists of which only some entries are shown."""

from hypothesis import given
from hypothesis import strategies as st

from membership_mock.engine.protocol.pagination import FilteredListing, Listing


@given(
    entries=st.lists(st.integers(0, 50), unique=True).map(sorted),
    size=st.integers(1, 7),
    descending=st.booleans(),
    divisor=st.integers(1, 4),
)
def test_a_filtered_list_has_the_pages_of_the_entries_that_it_keeps(
    entries, size, descending, divisor
):
    def is_kept(entry):
        return entry % divisor == 0

    def walk(listing):
        pages, after = [], None
        while not pages or after is not None:
            page, after = listing.page(size, after)
            pages.append(page)
        return pages

    options = {"position": lambda entry: entry, "descending": descending, "show": str}
    kept = Listing([entry for entry in entries if is_kept(entry)], **options)
    assert walk(FilteredListing(entries, keep=is_kept, **options)) == walk(kept)


def test_a_page_tests_no_more_entries_than_it_needs():
    tested = []

    def is_kept(entry):
        tested.append(entry)
        return entry % 2 == 0

    listing = FilteredListing(range(1000), position=lambda entry: entry, keep=is_kept)
    assert listing.page(2, 9) == ([10, 12], 12)
    assert tested == [10, 11, 12, 13, 14]
