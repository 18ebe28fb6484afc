// Talks to a server with openapi-fetch and the types of openapi-typescript.
import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { components, paths } from "./build/client.js";

const external_id = "client-openapi-fetch";
const { TRAILCAT_URL, TRAILCAT_KEY, TRAILCAT_SHELTER } = process.env;
const path = { id: TRAILCAT_SHELTER!, external_id };
const client = createClient<paths>({
  baseUrl: TRAILCAT_URL!,
  headers: { Authorization: `Bearer ${TRAILCAT_KEY}` },
  querySerializer: { array: { style: "form", explode: false } },
});

// Find cats.
type Filters = NonNullable<paths["/v1/cats"]["get"]["parameters"]["query"]>;
const filters: Filters = { near: "20850", radius_km: 50, age_group: ["young", "adult"], sort: "distance", limit: 5 };
const page = data(await client.GET("/v1/cats", { params: { query: filters } }));
expect("cats of the first page", page.data.length, 5);
for (const cat of page.data) {
  expect("age_group is young or adult", cat.age_group === "young" || cat.age_group === "adult", true);
  expect("distance_km is at most 50", cat.distance_km! <= 50, true);
}
expect("url of the first cat", page.data[0]!.url, null);
const available: components["schemas"]["ListedCatStatus"] = "available";
expect("status", page.data[0]!.status, available);
expect("place", page.page.near!.label, "Rockville, MD 20850, US");

// The next page.
const next = data(await client.GET("/v1/cats", { params: { query: { ...filters, cursor: page.page.next_cursor! } } }));
expect("cats of the next page", next.data.length, 5);
expect("next page begins with another cat", next.data[0]!.id !== page.data[0]!.id, true);

// Write a cat, from a known position of the change log.
let cursor = data(await client.GET("/v1/changes", { params: { query: { cursor: "latest" } } })).page.next_cursor!;
const body = { name: "Fetch", sex: "female", house_trained: null, special_needs: false };
const written = await client.PUT("/v1/shelters/{id}/cats/{external_id}", { params: { path }, body });
expect("status of the write", written.response.status, 201);

// Read it.
const cat = data(await client.GET("/v1/shelters/{id}/cats/{external_id}", { params: { path } }));
expect("id", cat.id, data(written).id);
expect("name", cat.name, "Fetch");
expect("sex", cat.sex, "female");
expect("house_trained", cat.house_trained, null);
expect("special_needs", cat.special_needs, false);

// Follow the changes until the cat arrives.
for (;;) {
  const changes = data(await client.GET("/v1/changes", { params: { query: { cursor, wait: 10 } } }));
  expect("a change within 10 s", changes.data.length > 0, true);
  const change = changes.data.find((event) => event.id === cat.id);
  if (change) {
    expect("type of the change", change.type, "cat.created");
    break;
  }
  cursor = changes.page.next_cursor!;
}

// A mistake.
const { error: problem, response } = await client.GET("/v1/cats", { params: { query: { near: "Nowhere at all" } } });
expect("status of the mistake", response.status, 400);
expect("code", problem!.code, "invalid_parameters");
expect("parameter", problem!.errors![0]!.parameter, "near");

// data returns the body of a successful response.
function data<T>(result: { data?: T; error?: unknown }): T {
  assert.ok(result.data !== undefined, `expected data, got ${JSON.stringify(result.error)}`);
  return result.data;
}

// expect ends the program if a value is not the expected one.
function expect<T>(what: string, got: T, want: T): void {
  assert.equal(got, want, `${what}: expected ${want}, got ${got}`);
}
