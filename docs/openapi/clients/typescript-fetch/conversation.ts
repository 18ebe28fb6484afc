// Talks to a server with the TypeScript client of OpenAPI Generator.
import assert from "node:assert/strict";
import { openAsBlob } from "node:fs";
import { AgeGroup, AgeGroupFilter, CatSort, CatsApi, Configuration, EventType, ListedCatStatus, ProblemFromJSON, ResponseError, Sex, SyncApi, WritingApi } from "./build/client/index.js";
import type { ListCatsRequest } from "./build/client/index.js";

const externalId = "client-typescript-fetch";
const { TRAILCAT_URL, TRAILCAT_KEY, TRAILCAT_SHELTER } = process.env;
const id = TRAILCAT_SHELTER!;
const config = new Configuration({ basePath: TRAILCAT_URL!, accessToken: TRAILCAT_KEY! });
const cats = new CatsApi(config);
const writing = new WritingApi(config);
const sync = new SyncApi(config);

// Find cats.
const ageGroup = [AgeGroupFilter.AgeGroupFilterYoung, AgeGroupFilter.AgeGroupFilterAdult];
const filters: ListCatsRequest = { near: "20850", radiusKm: 50, ageGroup, sort: CatSort.CatSortDistance, limit: 5 };
const page = await cats.listCats(filters);
expect("cats of the first page", page.data.length, 5);
for (const cat of page.data) {
  expect("age_group is young or adult", cat.ageGroup === AgeGroup.AgeGroupYoung || cat.ageGroup === AgeGroup.AgeGroupAdult, true);
  expect("distance_km is at most 50", cat.distanceKm! <= 50, true);
}
expect("url of the first cat", page.data[0]!.url, null);
expect("status", page.data[0]!.status, ListedCatStatus.ListedCatStatusAvailable);
expect("place", page.page.near!.label, "Rockville, MD 20850, US");

// The next page.
const next = await cats.listCats({ ...filters, cursor: page.page.nextCursor! });
expect("cats of the next page", next.data.length, 5);
expect("next page begins with another cat", next.data[0]!.id !== page.data[0]!.id, true);

// Write a cat, from a known position of the change log.
let cursor = (await sync.listChanges({ cursor: "latest" })).page.nextCursor!;
const catDraft = { name: "Fetch", sex: "female", houseTrained: null, specialNeeds: false };
const response = await writing.putCatRaw({ id, externalId, catDraft });
expect("status of the write", response.raw.status, 201);
const written = await response.value();

// Read it.
const cat = await writing.getCatOfShelter({ id, externalId });
expect("id", cat.id, written.id);
expect("name", cat.name, "Fetch");
expect("sex", cat.sex, Sex.SexFemale);
expect("house_trained", cat.houseTrained, null);
expect("special_needs", cat.specialNeeds, false);

// Follow the changes until the cat arrives.
for (;;) {
  const changes = await sync.listChanges({ cursor, wait: 10 });
  expect("a change within 10 s", changes.data.length > 0, true);
  const change = changes.data.find((event) => event.id === cat.id);
  if (change) {
    expect("type of the change", change.type, EventType.EventTypeCatCreated);
    break;
  }
  cursor = changes.page.nextCursor!;
}

// Add a photo, and read its sizes.
const file = [await openAsBlob("../../../../internal/photo/imaging/testdata/cat-0.jpg")];
const [photo] = (await writing.addCatPhotos({ id: cat.id, file, photos: '[{"file": "file", "alt": "Fetch"}]' })).photos;
expect("alternative text", photo!.alt, "Fetch");
expect("widths", photo!.sizes.map((size) => size.width).join(), "300,320");

// A mistake.
const error = await cats.listCats({ near: "Nowhere at all" }).then(
  () => assert.fail("expected an error, got a page"),
  (reason: unknown) => reason,
);
assert.ok(error instanceof ResponseError, `expected a ResponseError, got ${error}`);
const problem = ProblemFromJSON(await error.response.json());
expect("status of the mistake", problem.status, 400);
expect("code", problem.code, "invalid_parameters");
expect("parameter", problem.errors![0]!.parameter, "near");

// expect ends the program if a value is not the expected one.
function expect<T>(what: string, got: T, want: T): void {
  assert.equal(got, want, `${what}: expected ${want}, got ${got}`);
}
