package petfinder

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"trailcat/internal/access"
)

// Token is an access token.
type Token struct {
	TokenType   string `json:"token_type"` // always Bearer
	ExpiresIn   int    `json:"expires_in"` // seconds
	AccessToken string `json:"access_token"`
}

// clientProblem is the problem of wrong credentials, which says more than others.
type clientProblem struct {
	Problem
	Errors []clientError `json:"errors"`
	Hint   *string       `json:"hint"`
}

type clientError struct {
	Code    string `json:"code"`
	Title   string `json:"title"`
	Message string `json:"message"`
	Details string `json:"details"`
	Href    string `json:"href"`
}

func errInvalidClient() error {
	const title, detail = "invalid_client", "Client authentication failed"
	p := newProblem(codeUnauthorized, http.StatusUnauthorized, title, detail)
	return &clientProblem{
		Problem: *p,
		Errors:  []clientError{{Code: "401", Title: title, Message: detail, Details: detail, Href: p.Type}},
		Hint:    nil,
	}
}

// postToken gives an access token for a key's id and secret. Clients send them
// in every way there is: as a form, as JSON, or as HTTP Basic.
func (s *server) postToken(c echo.Context) error {
	if err := s.count(c, ""); err != nil {
		return err
	}
	asked, err := readTokenRequest(c.Request())
	if err != nil {
		return err
	}
	key, err := s.client(c.Request().Context(), asked.ClientID, asked.ClientSecret)
	if isRefusal(err) {
		return errInvalidClient()
	}
	if err != nil {
		return err
	}
	// Petfinder's clients read, and often where a token is easily seen. Theirs does no more.
	var scopes []access.Scope
	if slices.Contains(key.Scopes, access.ListingsRead) {
		scopes = []access.Scope{access.ListingsRead}
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	body, err := encode(Token{
		TokenType: "Bearer", ExpiresIn: int(access.TokenTTL.Seconds()),
		AccessToken: key.IssueToken(s.Now().Add(access.TokenTTL), scopes),
	})
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, body)
}

// tokenRequest is what asks for a token.
type tokenRequest struct {
	GrantType    string `json:"grant_type"`
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
}

// readTokenRequest goes by what the body looks like: the types that clients
// write above it are not to be relied on.
func readTokenRequest(r *http.Request) (tokenRequest, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 64<<10))
	if err != nil {
		return tokenRequest{}, echo.NewHTTPError(http.StatusBadRequest).SetInternal(err)
	}
	var asked tokenRequest
	if body = bytes.TrimSpace(body); bytes.HasPrefix(body, []byte("{")) {
		if err := json.Unmarshal(body, &asked); err != nil {
			return tokenRequest{}, errInvalid([]InvalidParam{{In: "body", Path: "", Message: "The body is no JSON object of texts."}})
		}
	} else {
		form, _ := url.ParseQuery(string(body)) // what can be read of it will do
		asked = tokenRequest{GrantType: form.Get("grant_type"), ClientID: form.Get("client_id"), ClientSecret: form.Get("client_secret")}
	}
	if id, secret, ok := r.BasicAuth(); ok && asked.ClientSecret == "" {
		asked.ClientID, asked.ClientSecret = unescaped(id), unescaped(secret)
	}
	return asked, asked.check()
}

// unescaped is a part of HTTP Basic as OAuth has it: form-encoded before.
func unescaped(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}

func (r tokenRequest) check() error {
	var missing []InvalidParam
	for _, p := range []struct{ name, value string }{{"grant_type", r.GrantType}, {"client_id", r.ClientID}, {"client_secret", r.ClientSecret}} {
		if p.value == "" {
			missing = append(missing, InvalidParam{In: "body", Path: p.name, Message: p.name + " is required."})
		}
	}
	if missing != nil {
		p := newProblem(codeMissing, http.StatusBadRequest, "Missing Parameters", "The request is missing required parameters.")
		p.InvalidParams = missing
		return p
	}
	if r.GrantType != "client_credentials" {
		return errInvalid([]InvalidParam{{In: "body", Path: "grant_type", Message: r.GrantType + " is not a valid grant type; use client_credentials."}})
	}
	return nil
}

// client finds the key with an id and a secret. The secret may be the key's
// whole text: that is what people have at hand to paste.
func (s *server) client(ctx context.Context, id, secret string) (access.Key, error) {
	if whole, part, err := access.SplitKey(secret); err == nil && whole == id {
		secret = part
	}
	key, err := s.key(ctx, id)
	if err != nil {
		return access.Key{}, err
	}
	return key, key.Verify(secret, s.Now())
}
