// Runs Petfinder's JavaScript SDK, unchanged from npm, against a server. Only the base
// URL and the key are configured.
"use strict";

const assert = require("node:assert/strict");
const { after, before, test } = require("node:test");
const { Client } = require("@petfinder/petfinder-js");
const { start } = require("./server");

let server, client;

before(async () => {
  server = await start();
  client = new Client({ apiKey: server.id, secret: server.secret, baseUrl: server.base + "/v2" });
  await client.authenticate();
});

after(() => server.stop());

test("authenticate with a key's id and secret", async () => {
  const other = new Client({ apiKey: server.id, secret: server.secret, baseUrl: server.base + "/v2" });
  const { data } = await other.authenticate();
  assert.equal(data.token_type, "Bearer");
  assert.equal(data.expires_in, 3600);
  assert.equal(typeof data.access_token, "string");
});

test("authenticate with a wrong secret is rejected", async () => {
  const other = new Client({ apiKey: server.id, secret: "wrong", baseUrl: server.base + "/v2" });
  await assert.rejects(other.authenticate(), { status: 401, message: "invalid_client", details: "Client authentication failed" });
});

test("an invalid token is rejected", async () => {
  const other = new Client({ apiKey: "a", secret: "b", token: "outdated", baseUrl: server.base + "/v2" });
  await other.authenticate();
  await assert.rejects(other.animal.search(), { status: 401, details: "Access token invalid or expired" });
  await client.authenticate(); // axios 0.18 keeps one Authorization for all clients
});

test("search returns cats", async () => {
  const { data } = await client.animal.search({ type: "Cat", limit: 5 });
  assert.equal(data.animals.length, 5);
  assert.equal(data.pagination.count_per_page, 5);
  assert.equal(data.pagination.total_pages, Math.ceil(data.pagination.total_count / 5));
  for (const animal of data.animals) {
    assert.equal(animal.type, "Cat");
    assert.equal(animal.status, "adoptable");
    assert.match(animal.published_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000$/);
  }
});

test("search with filters and arrays", async () => {
  const { data } = await client.animal.search({ type: "cat", age: ["Baby", "Senior"], gender: "female", limit: 100 });
  assert.ok(data.animals.length > 0);
  for (const animal of data.animals) {
    assert.ok(["Baby", "Senior"].includes(animal.age), animal.age);
    assert.equal(animal.gender, "Female");
  }
});

test("search by location returns distances in order", async () => {
  const { data } = await client.animal.search({ location: "Rockville, MD", distance: 50, sort: "distance", limit: 100 });
  assert.ok(data.animals.length > 0);
  const distances = data.animals.map((animal) => animal.distance);
  assert.deepEqual(distances, [...distances].sort((a, b) => a - b));
  assert.ok(distances.at(-1) <= 50);
});

test("an unknown type is named in the error", async () => {
  await assert.rejects(client.animal.search({ type: "Unicorn" }), (error) => {
    assert.equal(error.status, 400);
    assert.deepEqual(error.invalidParams, [{ in: "query", path: "type", message: "Unicorn is not a valid animal type." }]);
    return true;
  });
});

test("show returns the cat of the search", async () => {
  const { data } = await client.animal.search({ limit: 1 });
  const one = await client.animal.show(data.animals[0].id);
  assert.deepEqual(one.data.animal, data.animals[0]);
});

test("an unknown cat is not found", async () => {
  await assert.rejects(client.animal.show(99999999), { status: 404, details: "Not Found" });
});

test("counting pages while there is a next page returns each cat once", async () => {
  const ids = [];
  for (let page = 1, more = true; more; page++) {
    const { data } = await client.animal.search({ type: "cat", limit: 10, page });
    ids.push(...data.animals.map((animal) => animal.id));
    more = data.pagination._links && data.pagination._links.next;
  }
  const { data } = await client.animal.search({ type: "cat", limit: 1 });
  assert.equal(ids.length, data.pagination.total_count);
  assert.equal(new Set(ids).size, ids.length);
});

test("following links returns all cats", async () => {
  const ids = [];
  for (let href = "/v2/animals?type=cat&limit=20"; href; ) {
    const { data } = await client.http.get(server.base + href);
    ids.push(...data.animals.map((animal) => animal.id));
    href = data.pagination._links.next && data.pagination._links.next.href;
  }
  const { data } = await client.animal.search({ type: "cat", limit: 1 });
  assert.equal(new Set(ids).size, data.pagination.total_count);
});

test("types include dogs, which have no listings", async () => {
  const { data } = await client.animalData.types();
  assert.deepEqual(
    data.types.map((type) => type.name),
    ["Dog", "Cat", "Rabbit", "Small & Furry", "Horse", "Bird", "Scales, Fins & Other", "Barnyard"],
  );
  const dogs = await client.animal.search({ type: "Dog", breed: "Corgi" });
  assert.deepEqual(dogs.data.animals, []);
});

test("type", async () => {
  const { data } = await client.animalData.type("Cat");
  assert.equal(data.type.name, "Cat");
  assert.ok(data.type.colors.includes("Dilute Calico"));
  await assert.rejects(client.animalData.type("Unicorn"), { status: 404 });
});

test("breeds", async () => {
  const { data } = await client.animalData.breeds("Cat");
  const names = data.breeds.map((breed) => breed.name);
  assert.ok(names.includes("Maine Coon"));
  const { data: found } = await client.animal.search({ type: "cat", breed: ["Domestic Short Hair", "Maine Coon"], limit: 3 });
  assert.equal(found.animals.length, 3);
});

test("organizations", async () => {
  const { data } = await client.organization.search({ country: "US" });
  assert.ok(data.organizations.length >= 2);
  for (const organization of data.organizations) assert.equal(organization.address.country, "US");
  await assert.rejects(client.organization.search({ country: "Neverland" }), (error) => {
    assert.equal(error.status, 400);
    assert.equal(error.invalidParams[0].path, "country");
    return true;
  });
});

test("organization and its cats", async () => {
  const { data } = await client.organization.search({ limit: 1 });
  const id = data.organizations[0].id;
  const one = await client.organization.show(id.toLowerCase());
  assert.deepEqual(one.data.organization, data.organizations[0]);
  const cats = await client.animal.search({ organization: id, limit: 3 });
  for (const animal of cats.data.animals) assert.equal(animal.organization_id, id);
  await assert.rejects(client.organization.show("ABC1234"), { status: 404, details: "Not Found" });
});
