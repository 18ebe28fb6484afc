// Package api is a small API with one of everything that gen knows.
package api

//	@title			Cats
//	@version		1.0.0
//	@description	Cats & people.
//	@license.name	Apache-2.0
//	@license.url	https://www.apache.org/licenses/LICENSE-2.0
//	@x-servers		[{"url":"/","description":"This server"}]
//	@tag.name		cats
//	@tag.description	Find cats.

//	@securityDefinitions.apikey	Bearer
//	@in							header
//	@name						Authorization
//	@description				An API key.

//	@securityDefinitions.oauth2.application	OAuth2
//	@tokenUrl								/oauth/token
//	@scope.cats:write						Write cats

//	@Success	200	{object}	Created
//	@Success	201	{object}	Failed
//	@x-schemas	true
//	@Router		/x-schemas [get]

//	@Summary		A cat changed
//	@Description	Sent for every change.
//	@ID				catChanged
//	@Tags			cats
//	@Accept			json
//	@Param			body	body	Cat	true	"The cat"
//	@Success		204	"Received"
//	@x-webhook		"cat.changed"
//	@Router			/webhooks/cat.changed [post]
