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
	"trailcat/internal/errcode"
	"trailcat/internal/httpkit"
)

// tokenPath is the path of the token endpoint, which authenticates callers itself.
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
	Code        errcode.Code `json:"error" swaggertype:"string" extensions:"x-codes=oauth"` // Code of the error.
	Description string       `json:"error_description" example:"Unknown key."`              // What is wrong, as a sentence.
} //	@name	OAuthError

func (e *OAuthError) Error() string { return e.Description }

// createToken issues an access token.
//
//	@Summary		Get an access token
//	@Description	Issues an access token for an API key with the client credentials grant of OAuth 2 (RFC 6749), for tools that require
//	@Description	OAuth. The client ID is the ID of the key; the client secret is its secret or the whole key. Send them in the body, as a
//	@Description	form of either kind or as JSON, or with HTTP Basic authentication. A token expires after an hour, or earlier with its key.
//	@ID				createToken
//	@Tags			partners
//	@Accept			x-www-form-urlencoded,mpfd
//	@Produce		json
//	@Param			grant_type		formData	string		true	"Always client_credentials"	Enums(client_credentials)
//	@Param			client_id		formData	string		false	"ID of the key"
//	@Param			client_secret	formData	string		false	"Secret of the key, or the whole key"
//	@Param			scope			formData	string		false	"Scopes of the token, separated by spaces; default all scopes of the key"
//	@Success		200				{object}	Token		"The access token"
//	@Failure		400				{object}	OAuthError	"The request is not valid"
//	@Failure		401				{object}	OAuthError	"The key is not valid"
//	@Failure		default			{object}	httpkit.Problem		"The request failed; the problem says why"
//	@Router			/oauth/token [post]
func (a *API) createToken(c echo.Context) error {
	c.Response().Header().Set("Cache-Control", "no-store")
	token, err := a.issueToken(c)
	var oauthErr *OAuthError
	switch {
	case errors.As(err, &oauthErr) && oauthErr.Code == errcode.InvalidClient:
		c.Response().Header().Set(echo.HeaderWWWAuthenticate, `Basic realm="trailcat"`)
		return c.JSON(http.StatusUnauthorized, oauthErr)
	case oauthErr != nil:
		return c.JSON(http.StatusBadRequest, oauthErr)
	case err != nil:
		return err
	}
	return c.JSON(http.StatusOK, token)
}

// issueToken checks the credentials of a request and returns an access token.
func (a *API) issueToken(c echo.Context) (Token, error) {
	form, err := readTokenRequest(c.Request())
	if err != nil {
		return Token{}, err
	}
	switch form.Get("grant_type") {
	case "client_credentials":
	case "":
		return Token{}, &OAuthError{errcode.InvalidRequest, "Send grant_type=client_credentials."}
	default:
		return Token{}, &OAuthError{errcode.UnsupportedGrantType, "Unsupported grant_type. Expected client_credentials."}
	}
	id, secret, err := clientCredentials(c.Request(), form)
	if err != nil {
		return Token{}, err
	}
	key, err := a.auth.AuthenticateClient(c.Request().Context(), id, secret)
	switch {
	case access.IsRejection(err):
		return Token{}, &OAuthError{errcode.InvalidClient, sentence(err)}
	case err != nil:
		return Token{}, err
	}
	scopes, err := grantedScopes(key, form.Get("scope"))
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

// readTokenRequest reads the parameters of a token request from a form or from JSON.
func readTokenRequest(r *http.Request) (url.Values, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	if query := r.URL.Query(); query.Has("client_secret") || query.Has("grant_type") {
		return nil, &OAuthError{errcode.InvalidRequest, "Send the parameters in the body, not in the URL, which proxies and browsers log."}
	}
	contentType := r.Header.Get(echo.HeaderContentType)
	switch sent, _, _ := mime.ParseMediaType(contentType); sent {
	case echo.MIMEApplicationForm, echo.MIMEMultipartForm:
		form, err := httpkit.ParseForm(contentType, body)
		if err != nil {
			return nil, &OAuthError{errcode.InvalidRequest, "The form cannot be parsed: " + err.Error() + "."}
		}
		for name, values := range form {
			if len(values) > 1 {
				return nil, &OAuthError{errcode.InvalidRequest, "Parameter " + name + " appears more than once."}
			}
		}
		return form, nil
	case echo.MIMEApplicationJSON:
		var object map[string]string
		if json.Unmarshal(body, &object) != nil {
			return nil, &OAuthError{errcode.InvalidRequest, "Expected a JSON object of strings."}
		}
		form := url.Values{}
		for name, value := range object {
			form.Set(name, value)
		}
		return form, nil
	default:
		return nil, &OAuthError{errcode.InvalidRequest, "Unsupported media type. Send a form with Content-Type application/x-www-form-urlencoded or multipart/form-data, or JSON."}
	}
}

// clientCredentials returns the id of the key in the request, and its secret or its whole
// text.
func clientCredentials(r *http.Request, form url.Values) (id, secret string, err error) {
	id, secret = form.Get("client_id"), form.Get("client_secret")
	if user, password, ok := r.BasicAuth(); ok {
		if secret != "" {
			return "", "", &OAuthError{errcode.InvalidRequest, "Send the credentials either in the body or with HTTP Basic, not both."}
		}
		id, secret = httpkit.UnescapeForm(user), httpkit.UnescapeForm(password) // RFC 6749 form-encodes both
	}
	if secret == "" {
		return "", "", &OAuthError{errcode.InvalidClient, "Send client_id and client_secret: the ID and the secret of a key."}
	}
	if keyID, _, err := access.SplitKey(secret); err == nil {
		if id != "" && id != keyID && id != secret {
			return "", "", &OAuthError{errcode.InvalidClient, "The client_id does not belong to the key."}
		}
		return keyID, secret, nil
	}
	return id, secret, nil
}

// grantedScopes returns the requested scopes, or all scopes of the key if none is
// requested.
func grantedScopes(key access.Key, requested string) ([]access.Scope, error) {
	scopes, err := access.ParseScopes(requested)
	if err != nil {
		return nil, &OAuthError{errcode.InvalidScope, sentence(err)}
	}
	if len(scopes) == 0 {
		return key.Scopes, nil
	}
	for _, s := range scopes {
		if !key.Principal().HasScope(s) {
			return nil, &OAuthError{errcode.InvalidScope, "Your API key lacks the scope " + string(s) + ". Its scopes are: " + access.JoinScopes(key.Scopes) + "."}
		}
	}
	return scopes, nil
}
