package petfinder

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"trailcat/internal/access"
	"trailcat/internal/binding"
	"trailcat/internal/httpkit"
)

// Token is an access token.
type Token struct {
	TokenType   string `json:"token_type"` // always Bearer
	ExpiresIn   int    `json:"expires_in"` // seconds
	AccessToken string `json:"access_token"`
}

// clientProblem is the error of invalid client credentials, which has more members than
// other errors.
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

// createToken returns an access token for a key's ID and secret. Clients send these as a
// form of either kind, as JSON, with HTTP Basic, or in the query, as Petfinder's API
// accepted them. No log has the query. The secret may also be the text of the whole key,
// which people copy from their settings.
func (s *server) createToken(c echo.Context) error {
	if err := s.checkRateLimit(c, ""); err != nil {
		return err
	}
	req, err := readTokenRequest(c.Request())
	if err != nil {
		return err
	}
	key, err := s.auth.AuthenticateClient(c.Request().Context(), req.ClientID, req.ClientSecret)
	if access.IsRejection(err) {
		return errInvalidClient()
	}
	if err != nil {
		return err
	}
	// Petfinder's clients only read, and some expose their token, so it grants no more.
	var scopes []access.Scope
	if slices.Contains(key.Scopes, access.ListingsRead) {
		scopes = []access.Scope{access.ListingsRead}
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	body, err := binding.EncodeJSON(Token{
		TokenType: "Bearer", ExpiresIn: int(access.TokenTTL.Seconds()),
		AccessToken: key.IssueToken(s.Now().Add(access.TokenTTL), scopes),
	})
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, body)
}

// tokenRequest has the parameters of a request for a token.
type tokenRequest struct {
	GrantType    string `json:"grant_type"`
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
}

// readTokenRequest reads the body as JSON if it starts with a brace, and otherwise as a
// form. It ignores any Content-Type but that of multipart forms, since it is wrong in
// several clients. What the body lacks may be in the query.
func readTokenRequest(r *http.Request) (tokenRequest, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 64<<10))
	if err != nil {
		return tokenRequest{}, fmt.Errorf("read body: %w", err)
	}
	var req tokenRequest
	if body = bytes.TrimSpace(body); bytes.HasPrefix(body, []byte("{")) {
		if err := json.Unmarshal(body, &req); err != nil {
			return tokenRequest{}, errInvalid([]InvalidParam{{In: "body", Path: "", Message: "Expected a JSON object whose values are strings."}})
		}
	} else {
		form, _ := httpkit.ParseForm(r.Header.Get(echo.HeaderContentType), body) // the pairs that can be parsed are sufficient
		req = tokenRequestOf(form)
	}
	query := tokenRequestOf(r.URL.Query())
	req.GrantType = cmp.Or(req.GrantType, query.GrantType)
	req.ClientID = cmp.Or(req.ClientID, query.ClientID)
	req.ClientSecret = cmp.Or(req.ClientSecret, query.ClientSecret)
	if id, secret, ok := r.BasicAuth(); ok && req.ClientSecret == "" {
		req.ClientID, req.ClientSecret = httpkit.UnescapeForm(id), httpkit.UnescapeForm(secret) // OAuth form-encodes both
	}
	return req, req.validate()
}

func tokenRequestOf(form url.Values) tokenRequest {
	return tokenRequest{GrantType: form.Get("grant_type"), ClientID: form.Get("client_id"), ClientSecret: form.Get("client_secret")}
}

func (r tokenRequest) validate() error {
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
