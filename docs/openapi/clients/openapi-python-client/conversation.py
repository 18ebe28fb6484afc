"""Talks to a server with the client of openapi-python-client."""

import os
import sys
from http import HTTPStatus

from trailcat_client import AuthenticatedClient
from trailcat_client.api.cats import list_cats
from trailcat_client.api.sync import list_changes
from trailcat_client.api.writing import get_cat_of_shelter, put_cat
from trailcat_client.models import AgeGroup, AgeGroupFilter, CatDraft, CatSort, EventType, ListedCatStatus, Problem, Sex

EXTERNAL_ID = "client-openapi-python-client"


def main():
    url, key, shelter = (os.environ["TRAILCAT_" + name] for name in ("URL", "KEY", "SHELTER"))
    client = AuthenticatedClient(base_url=url, token=key, timeout=30)

    # Find cats.
    young_or_adult = [AgeGroupFilter.AGE_GROUP_FILTER_YOUNG, AgeGroupFilter.AGE_GROUP_FILTER_ADULT]
    filters = {"near": "20850", "radius_km": 50, "age_group": young_or_adult, "sort": CatSort.CAT_SORT_DISTANCE, "limit": 5}
    page = list_cats.sync(client=client, **filters)
    expect("cats of the first page", len(page.data), 5)
    for cat in page.data:
        expect("age_group is young or adult", cat.age_group in (AgeGroup.AGE_GROUP_YOUNG, AgeGroup.AGE_GROUP_ADULT), True)
        expect("distance_km is at most 50", cat.distance_km <= 50, True)
    expect("url of the first cat", page.data[0].url, None)
    expect("status", page.data[0].status, ListedCatStatus.LISTED_CAT_STATUS_AVAILABLE)
    expect("place", page.page.near.label, "Rockville, MD 20850, US")

    # The next page.
    following = list_cats.sync(client=client, **filters, cursor=page.page.next_cursor)
    expect("cats of the next page", len(following.data), 5)
    expect("next page begins with another cat", following.data[0].id != page.data[0].id, True)

    # Write a cat, from a known position of the change log.
    cursor = list_changes.sync(client=client, cursor="latest").page.next_cursor
    draft = CatDraft(name="Monty", sex="female", house_trained=None, special_needs=False)
    written = put_cat.sync_detailed(shelter, EXTERNAL_ID, client=client, body=draft)
    expect("status of the write", written.status_code, HTTPStatus.CREATED)

    # Read it.
    cat = get_cat_of_shelter.sync(shelter, EXTERNAL_ID, client=client)
    expect("id", cat.id, written.parsed.id)
    expect("name", cat.name, "Monty")
    expect("sex", cat.sex, Sex.SEX_FEMALE)
    expect("house_trained", cat.house_trained, None)
    expect("special_needs", cat.special_needs, False)

    # Follow the changes until the cat arrives.
    while True:
        changes = list_changes.sync(client=client, cursor=cursor, wait=10)
        expect("a change within 10 s", len(changes.data) > 0, True)
        types = [event.type_ for event in changes.data if event.id == cat.id]
        if types:
            expect("type of the change", types[0], EventType.EVENT_TYPE_CAT_CREATED)
            break
        cursor = changes.page.next_cursor

    # A mistake.
    problem = list_cats.sync(client=client, near="Nowhere at all")
    expect("problem", type(problem), Problem)
    expect("status of the mistake", problem.status, 400)
    expect("code", problem.code, "invalid_parameters")
    expect("parameter", problem.errors[0].parameter, "near")


def expect(what, got, want):
    """Ends the program if a value is not the expected one."""
    if got != want:
        sys.exit(f"{what}: expected {want!r}, got {got!r}")


main()
