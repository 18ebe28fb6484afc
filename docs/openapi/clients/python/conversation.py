"""Talks to a server with the Python client of OpenAPI Generator."""

import os
import sys

import trailcat

EXTERNAL_ID = "client-python"
PHOTO = "../../../../internal/photo/imaging/testdata/cat-0.jpg"
WIDTHS = [300, 320]


def main():
    url, key, shelter = (os.environ["TRAILCAT_" + name] for name in ("URL", "KEY", "SHELTER"))
    client = trailcat.ApiClient(trailcat.Configuration(host=url, access_token=key))
    cats, writing, sync = trailcat.CatsApi(client), trailcat.WritingApi(client), trailcat.SyncApi(client)

    # Find cats.
    young_or_adult = [trailcat.AgeGroupFilter.AgeGroupFilterYoung, trailcat.AgeGroupFilter.AgeGroupFilterAdult]
    filters = {"near": "20850", "radius_km": 50, "age_group": young_or_adult, "sort": trailcat.CatSort.CatSortDistance, "limit": 5}
    page = cats.list_cats(**filters)
    expect("cats of the first page", len(page.data), 5)
    for cat in page.data:
        expect("age_group is young or adult", cat.age_group in (trailcat.AgeGroup.AgeGroupYoung, trailcat.AgeGroup.AgeGroupAdult), True)
        expect("distance_km is at most 50", cat.distance_km <= 50, True)
    expect("url of the first cat", page.data[0].url, None)
    expect("status", page.data[0].status, trailcat.ListedCatStatus.ListedCatStatusAvailable)
    expect("place", page.page.near.label, "Rockville, MD 20850, US")

    # The next page.
    following = cats.list_cats(**filters, cursor=page.page.next_cursor)
    expect("cats of the next page", len(following.data), 5)
    expect("next page begins with another cat", following.data[0].id != page.data[0].id, True)

    # Write a cat, from a known position of the change log.
    cursor = sync.list_changes(cursor="latest").page.next_cursor
    draft = trailcat.CatDraft(name="Monty", sex="female", house_trained=None, special_needs=False)
    written = writing.put_cat_with_http_info(shelter, EXTERNAL_ID, draft)
    expect("status of the write", written.status_code, 201)

    # Read it.
    cat = writing.get_cat_of_shelter(shelter, EXTERNAL_ID)
    expect("id", cat.id, written.data.id)
    expect("name", cat.name, "Monty")
    expect("sex", cat.sex, trailcat.Sex.SexFemale)
    expect("house_trained", cat.house_trained, None)
    expect("special_needs", cat.special_needs, False)

    # Follow the changes until the cat arrives.
    while True:
        changes = sync.list_changes(cursor=cursor, wait=10)
        expect("a change within 10 s", len(changes.data) > 0, True)
        types = [event.type for event in changes.data if event.id == cat.id]
        if types:
            expect("type of the change", types[0], trailcat.EventType.EventTypeCatCreated)
            break
        cursor = changes.page.next_cursor

    # Add a photo, and read its sizes.
    with open(PHOTO, "rb") as file:
        (photo,) = writing.add_cat_photos(cat.id, file=[("kenny.jpg", file.read())], photos='[{"file": "file", "alt": "Monty"}]').photos
    expect("alternative text", photo.alt, "Monty")
    expect("widths", [size.width for size in photo.sizes], WIDTHS)

    # A mistake.
    try:
        cats.list_cats(near="Nowhere at all")
        sys.exit("expected an error, got a page")
    except trailcat.ApiException as error:
        problem = error.data
    expect("problem", type(problem), trailcat.Problem)
    expect("status of the mistake", problem.status, 400)
    expect("code", problem.code, "invalid_parameters")
    expect("parameter", problem.errors[0].parameter, "near")


def expect(what, got, want):
    """Ends the program if a value is not the expected one."""
    if got != want:
        sys.exit(f"{what}: expected {want!r}, got {got!r}")


main()
