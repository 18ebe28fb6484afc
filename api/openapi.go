package api

//	@title			Trailcat
//	@version		1.0.0
//	@description	Adoptable shelter cats, the shelters that offer them, and which adventures each cat would enjoy.
//	@description
//	@description		**Lists** answer `{"data":[…],"page":{"next_cursor":…,"has_more":…}}`; send `next_cursor` as `cursor` to go on. A comma in a filter means any of, repeating the filter means all of.
//	@description		**Null** means that nobody knows; it never means no. **Errors** are RFC 9457 problems that say which parameter or field to mend. Unknown parameters are refused.
//	@description		**Caching**: every answer has an ETag; send it back in `If-None-Match`.
//	@description		**Newness**: every answer under /v1 says in `Trailcat-Seq` how much of the log it reflects. Send the greatest that you saw as `Trailcat-Min-Seq`, and no node answers with anything older: it waits up to 2 seconds, or answers 503.
//	@license.name		Apache-2.0
//	@license.url		https://www.apache.org/licenses/LICENSE-2.0
//	@x-servers			[{"url":"/","description":"This server"}]
//	@tag.name			cats
//	@tag.description	Find cats and look at them.
//	@tag.name			writing
//	@tag.description	Tell what became of your cats, one by one or many at once. Every write is logged, and is found as soon as it is answered.
//	@tag.name			shelters
//	@tag.description	Who offers the cats.
//	@tag.name			adventure
//	@tag.description	How readily a cat is likely to take to going out, and why. Structured judgement, no validated test.
//	@tag.name			embedding
//	@tag.description	Show listings elsewhere: in feed readers, on sites and to search engines. Show each cat's attribution with it.
//	@tag.name			sync
//	@tag.description	Copy everything once, and then never miss a change.
//	@tag.name			webhooks
//	@tag.description	Be told of changes instead of asking, and of cats that come to match a saved search.
//	@tag.name			imports
//	@tag.description	Send the files that your software exports.
//	@tag.name			partners
//	@tag.description	Who may write, and with which keys.
//	@tag.name			reference
//	@tag.description	The words and places that the API knows.
//	@tag.name			operations
//	@tag.description	For those who run the server.

//	@securityDefinitions.apikey	Bearer
//	@in							header
//	@name						Authorization
//	@description				A key, or an access token that was got for one: `Authorization: Bearer tc_live_…`. Keys that begin with tc_test_ do everything but keep nothing.

//	@securityDefinitions.oauth2.application	OAuth2
//	@tokenUrl								/oauth/token
//	@scope.listings:read					Read what is not public of your own shelters
//	@scope.listings:write					Write your own shelters and their cats
//	@scope.assessments:write				Record what was observed of your own cats
//	@scope.webhooks							Be told of changes
//	@scope.admin							Everything, for everyone
