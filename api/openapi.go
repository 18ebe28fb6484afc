package api

//	@title			Trailcat
//	@version		1.0.0
//	@description	Adoptable shelter cats, the shelters that offer them, and the activities that suit each cat.
//	@description
//	@description		**Lists** return `{"data":[…],"page":{"next_cursor":…,"has_more":…}}`. Send `next_cursor` as `cursor` to get the next page. Several values of a filter, separated by commas or in repeated parameters, match if any of them does; in a filter whose name ends with `_all`, such as `tag_all`, all of them must match. Values have any case, and may be words that mean them, such as `DSH` or `yes`.
//	@description
//	@description		**Null** means unknown; it never means no.
//	@description
//	@description		**Errors** are problems (RFC 9457) that name the parameter or field to correct. Unknown parameters are rejected.
//	@description
//	@description		**Caching**: every response has an ETag. Send it in `If-None-Match` to get 304 if nothing changed.
//	@description
//	@description		**Consistency**: every response under /v1 has the header `Trailcat-Seq`, the sequence number of the change log that it reflects. Send the highest value that you received as `Trailcat-Min-Seq` to never read older data, whichever node answers. The server waits up to 2 seconds, then returns 503.
//	@contact.name		The Trailcat authors
//	@license.name		Apache-2.0
//	@license.url		https://www.apache.org/licenses/LICENSE-2.0
//	@x-servers			[{"url":"/","description":"This server"}]
//	@tag.name			cats
//	@tag.description	Find cats and get single cats.
//	@tag.name			shelters
//	@tag.description	Find and manage the shelters that offer the cats.
//	@tag.name			adventure
//	@tag.description	How suitable a cat is for activities such as leash walks, and why. The rating is structured judgement, not a validated test.
//	@tag.name			writing
//	@tag.description	Create, change and remove your cats, one at a time or in bulk. Every write is logged; a search finds it as soon as the response arrives.
//	@tag.name			imports
//	@tag.description	Import the files that your shelter software exports.
//	@tag.name			sync
//	@tag.description	Copy all data once, then follow every change.
//	@tag.name			webhooks
//	@tag.description	Receive changes instead of polling for them, and cats that start to match a saved search.
//	@tag.name			messages
//	@tag.description	What Trailcat sends to webhooks.
//	@tag.name			embedding
//	@tag.description	Show listings in feed readers, on websites and to search engines. Show the attribution of each cat with it.
//	@tag.name			partners
//	@tag.description	Manage partners and their API keys.
//	@tag.name			privacy
//	@tag.description	Erase cats, shelters, assessors, addresses and the people around a cat for good.
//	@tag.name			reference
//	@tag.description	Vocabulary and places that the API knows.
//	@tag.name			operations
//	@tag.description	Health checks, metrics and documentation of the server.

//	@securityDefinitions.apikey	Bearer
//	@in							header
//	@name						Authorization
//	@description				An API key, or an access token that was issued for one: `Authorization: Bearer tc_live_…`. Requests with a key that begins with tc_test_ are checked and answered, but what they write is not kept. `trailcat serve --demo` prints a key of the shelter MD1, `trailcat keys create` creates others.

//	@securityDefinitions.oauth2.application	OAuth2
//	@tokenUrl								/oauth/token
//	@scope.listings:read					Read non-public data of your own shelters
//	@scope.listings:write					Write your own shelters and their cats
//	@scope.assessments:write				Record observations of your own cats
//	@scope.webhooks							Manage webhooks and saved searches
//	@scope.admin							Full access to all partners
