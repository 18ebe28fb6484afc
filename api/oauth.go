package api

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"trailcat/internal/access"
)

// tokenPath is where tokens are given out. It knows callers by its own rules.
const tokenPath = "/oauth/token"

// Token is an access token (RFC 6749).
type Token struct {
	AccessToken string `json:"access_token" example:"tc_token_mfrggzdfmztwq2lknnwg_aaaaaaaa"` // Token for the header `Authorization: Bearer`.
	TokenType   string `json:"token_type" enums:"Bearer"`                                     // Always `Bearer`.
	ExpiresIn   int    `json:"expires_in" example:"3600"`                                     // Seconds until the token expires.
	Scope       string `json:"scope" example:"listings:read listings:write"`                  // Permissions of the token, separated by spaces.
} //	@name	Token

// OAuthError is an error of the token endpoint (RFC 6749).
type OAuthError struct {
	Code        string `json:"error" enums:"invalid_request,invalid_client,invalid_scope,unsupported_grant_type"` // Code of the error.
	Description string `json:"error_description" example:"Unknown key."`                                          // What is wrong, as a sentence.
} //	@name	OAuthError

func (e *OAuthError) Error() string { return e.Description }

// createToken gives out an access token.
//
//	@Summary		Get an access token
//	@Description	Gives out an access token for a key, by the client credentials grant of OAuth 2 (RFC 6749): for tools that want it so.
//	@Description	The client id is the key's id and the client secret its secret, or the whole key, in the body or as HTTP Basic.
//	@Description	The body may be JSON too. A token is good for an hour and ends with its key.
//	@ID				createToken
//	@Tags			partners
//	@Accept			x-www-form-urlencoded
//	@Produce		json
//	@Param			grant_type		formData	string		true	"What is asked for"	Enums(client_credentials)
//	@Param			client_id		formData	string		false	"The key's id"
//	@Param			client_secret	formData	string		false	"The key's secret, or the whole key"
//	@Param			scope			formData	string		false	"Some of the key's scopes, with spaces between them; left out, all of them"
//	@Success		200				{object}	Token		"The token"
//	@Failure		400				{object}	OAuthError	"What was wrong with the request"
//	@Failure		401				{object}	OAuthError	"The key is not good"
//	@Failure		default			{object}	httpkit.Problem		"What else was wrong"
//	@Router			/oauth/token [post]
func (a *API) createToken(c echo.Context) error {
	c.Response().Header().Set("Cache-Control", "no-store")
	token, err := a.grant(c)
	var refused *OAuthError
	switch {
	case errors.As(err, &refused) && refused.Code == "invalid_client":
		c.Response().Header().Set(echo.HeaderWWWAuthenticate, `Basic realm="trailcat"`)
		return c.JSON(http.StatusUnauthorized, refused)
	case refused != nil:
		return c.JSON(http.StatusBadRequest, refused)
	case err != nil:
		return err
	}
	return c.JSON(http.StatusOK, token)
}

func (a *API) grant(c echo.Context) (Token, error) {
	ask, err := readGrant(c.Request())
	if err != nil {
		return Token{}, err
	}
	switch ask.Get("grant_type") {
	case "client_credentials":
	case "":
		return Token{}, &OAuthError{"invalid_request", "Send grant_type=client_credentials."}
	default:
		return Token{}, &OAuthError{"unsupported_grant_type", "There is only grant_type=client_credentials."}
	}
	id, secret, err := credentials(c.Request(), ask)
	if err != nil {
		return Token{}, err
	}
	key, err := a.auth.AuthenticateClient(c.Request().Context(), id, secret)
	switch {
	case access.IsRejection(err):
		return Token{}, &OAuthError{"invalid_client", sentence(err)}
	case err != nil:
		return Token{}, err
	}
	scopes, err := grantedScopes(key, ask.Get("scope"))
	if err != nil {
		return Token{}, err
	}
	until := a.Now().Add(access.TokenTTL)
	if !key.ExpiresAt.IsZero() && key.ExpiresAt.Before(until) {
		until = key.ExpiresAt
	}
	return Token{
		AccessToken: key.IssueToken(until, scopes),
		TokenType:   "Bearer",
		ExpiresIn:   int(until.Sub(a.Now()) / time.Second),
		Scope:       access.JoinScopes(scopes),
	}, nil
}

// readGrant reads what is asked for, from a form or from JSON.
func readGrant(r *http.Request) (url.Values, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	switch sent, _, _ := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType)); sent {
	case echo.MIMEApplicationForm:
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return nil, &OAuthError{"invalid_request", "The form cannot be read: " + err.Error() + "."}
		}
		for name, values := range form {
			if len(values) > 1 {
				return nil, &OAuthError{"invalid_request", name + " was sent more than once."}
			}
		}
		return form, nil
	case echo.MIMEApplicationJSON:
		var object map[string]string
		if json.Unmarshal(body, &object) != nil {
			return nil, &OAuthError{"invalid_request", "The body is no JSON object of texts."}
		}
		form := url.Values{}
		for name, value := range object {
			form.Set(name, value)
		}
		return form, nil
	default:
		return nil, &OAuthError{"invalid_request", "Send a form: Content-Type: application/x-www-form-urlencoded."}
	}
}

// credentials are the id and the secret of the key that is shown.
func credentials(r *http.Request, form url.Values) (id, secret string, err error) {
	id, secret = form.Get("client_id"), form.Get("client_secret")
	if user, password, ok := r.BasicAuth(); ok {
		if secret != "" {
			return "", "", &OAuthError{"invalid_request", "Send the credentials in one way only: in the body, or as HTTP Basic."}
		}
		id, secret = unescaped(user), unescaped(password)
	}
	if secret == "" {
		return "", "", &OAuthError{"invalid_client", "Send client_id and client_secret: the id and the secret of a key."}
	}
	if keyID, keySecret, notWhole := access.SplitKey(secret); notWhole == nil {
		if id != "" && id != keyID && id != secret {
			return "", "", &OAuthError{"invalid_client", "The client_id is not that of the key."}
		}
		return keyID, keySecret, nil
	}
	return id, secret, nil
}

// unescaped undoes what RFC 6749 has done to credentials that go into HTTP Basic.
func unescaped(text string) string {
	if plain, err := url.QueryUnescape(text); err == nil {
		return plain
	}
	return text
}

func grantedScopes(key access.Key, asked string) ([]access.Scope, error) {
	scopes, err := access.ParseScopes(asked)
	if err != nil {
		return nil, &OAuthError{"invalid_scope", sentence(err)}
	}
	if len(scopes) == 0 {
		return key.Scopes, nil
	}
	for _, s := range scopes {
		if !key.Principal().HasScope(s) {
			return nil, &OAuthError{"invalid_scope", "The key lacks the scope " + string(s) + "; it has " + access.JoinScopes(key.Scopes) + "."}
		}
	}
	return scopes, nil
}
