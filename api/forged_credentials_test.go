package api

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"trailcat/internal/access"
	"trailcat/internal/catalog"
)

// TestCredentials_ForgedOrDamagedAreRejected sends credentials that resemble valid ones to
// both APIs. Each is answered with 401.
func TestCredentials_ForgedOrDamagedAreRejected(t *testing.T) {
	t.Parallel()

	api := newHiddenReadsServer(t).testServer
	cases := forgedCredentials(t, api)
	for name, header := range cases {
		for _, path := range []string{"/v1/me", "/v1/cats/1", "/v2/animals"} {
			rec := get(t, api, path, "Authorization: "+header)
			if rec.Code != http.StatusUnauthorized {
				t.Errorf("%s: GET %s with %.200q: got %d %.200s, want 401", name, path, header, rec.Code, rec.Body)
			}
			if path != "/v2/animals" && rec.Header().Get("WWW-Authenticate") == "" {
				t.Errorf("%s: GET %s: the response has no WWW-Authenticate", name, path)
			}
		}
	}
	for _, valid := range []string{api.keys["writer"], keyOf(t, api, "writer").IssueToken(api.now.Add(time.Hour), nil)} {
		for _, header := range []string{"Bearer " + valid, "bearer " + valid, "BEARER  " + valid + " "} {
			if rec := get(t, api, "/v1/cats/1", "Authorization: "+header); rec.Code != http.StatusOK {
				t.Errorf("%q: got %d, want 200", header, rec.Code)
			}
		}
	}
	if t.Logf("%d credentials", len(cases)); len(cases) < 74 {
		t.Errorf("got %d credentials, want at least 72", len(cases))
	}
}

// TestTokens_ForgedClientCredentialsGetNone requests access tokens with the ID and the secret of
// different keys, and with scopes that the key lacks.
func TestTokens_ForgedClientCredentialsGetNone(t *testing.T) {
	t.Parallel()

	api := newHiddenReadsServer(t).testServer
	writer, other := keyOf(t, api, "writer"), keyOf(t, api, "other")
	_, secret, _ := access.SplitKey(api.keys["writer"])
	forms := map[string]url.Values{
		"secret of another key":      {"client_id": {other.ID}, "client_secret": {secret}},
		"whole key under another ID": {"client_id": {other.ID}, "client_secret": {api.keys["writer"]}},
		"stored hash as the secret":  {"client_id": {writer.ID}, "client_secret": {fmt.Sprintf("%x", writer.Hash)}},
		"ID as the secret":           {"client_id": {writer.ID}, "client_secret": {writer.ID}},
		"no secret":                  {"client_id": {writer.ID}},
		"secret of one character":    {"client_id": {writer.ID}, "client_secret": {secret[:1]}},
		"secret and a character":     {"client_id": {writer.ID}, "client_secret": {secret + "a"}},
		"secret in capitals":         {"client_id": {writer.ID}, "client_secret": {strings.ToUpper(secret)}},
		"no ID":                      {"client_secret": {secret}},
		"ID with a wildcard":         {"client_id": {"%"}, "client_secret": {secret}},
		"ID with a quote":            {"client_id": {"' or '1'='1"}, "client_secret": {secret}},
		"ID with NUL":                {"client_id": {writer.ID + "\x00"}, "client_secret": {secret}},
		"access token as the secret": {"client_id": {writer.ID}, "client_secret": {writer.IssueToken(api.now.Add(time.Hour), writer.Scopes)}},
		"two secrets":                {"client_id": {writer.ID}, "client_secret": {secret, secret + "a"}},
		"scope that the key lacks":   {"client_id": {writer.ID}, "client_secret": {secret}, "scope": {"admin"}},
		"scope among others":         {"client_id": {writer.ID}, "client_secret": {secret}, "scope": {"listings:read admin"}},
		"scope that does not exist":  {"client_id": {writer.ID}, "client_secret": {secret}, "scope": {"*"}},
		"another grant":              {"client_id": {writer.ID}, "client_secret": {secret}, "grant_type": {"password"}},
		"grant with a refresh token": {"client_id": {writer.ID}, "client_secret": {secret}, "grant_type": {"refresh_token"}},
		"grant in capitals":          {"client_id": {writer.ID}, "client_secret": {secret}, "grant_type": {"CLIENT_CREDENTIALS"}},
	}
	for name, form := range forms {
		if form.Get("grant_type") == "" {
			form.Set("grant_type", "client_credentials")
		}
		for _, path := range []string{tokenPath, "/v2/oauth2/token"} {
			rec := send(t, api, http.MethodPost, path, form.Encode(), "", "Content-Type: application/x-www-form-urlencoded")
			issued := strings.Contains(rec.Body.String(), "access_token")
			if path != tokenPath && (strings.HasPrefix(name, "scope") || name == "two secrets") {
				continue // /v2 ignores scopes, and reads the first of several values
			}
			if issued || rec.Code != http.StatusUnauthorized && rec.Code != http.StatusBadRequest {
				t.Errorf("%s: POST %s: got %d %s, want 400 or 401", name, path, rec.Code, rec.Body)
			}
		}
	}
}

// forgedCredentials returns values of the header Authorization that are not valid.
func forgedCredentials(t *testing.T, api *testServer) map[string]string {
	t.Helper()
	headers := map[string]string{}
	for name, text := range forgedKeys(t, api) {
		headers["key: "+name] = "Bearer " + text
	}
	for name, text := range forgedTokens(t, api) {
		headers["token: "+name] = "Bearer " + text
	}
	key := api.keys["writer"]
	for _, scheme := range []string{"", "Bearer:", "Basic", "Token", "Digest", "Bearer Bearer", "Bearer,", "\tBearer"} {
		headers["scheme "+scheme] = strings.TrimPrefix(scheme+" "+key, " ")
	}
	headers["no credential"] = "Bearer "
	headers["Basic"] = "Basic " + base64.StdEncoding.EncodeToString([]byte(keyOf(t, api, "writer").ID+":"+key))
	headers["two credentials"] = "Bearer " + api.keys["other"] + ", Bearer " + key
	return headers
}

// forgedKeys returns texts that resemble keys.
func forgedKeys(t *testing.T, api *testServer) map[string]string {
	t.Helper()
	text, test := api.keys["writer"], api.keys["test"]
	key := keyOf(t, api, "writer")
	_, secret, _ := access.SplitKey(text)
	_, otherSecret, _ := access.SplitKey(api.keys["other"])
	forged := map[string]string{
		"secret of another key":      "tc_live_" + key.ID + "_" + otherSecret,
		"live key as a test key":     "tc_test_" + key.ID + "_" + secret,
		"test key as a live key":     strings.Replace(test, "tc_test_", "tc_live_", 1),
		"key as a token":             "tc_token_" + key.ID + "_" + secret,
		"no prefix":                  key.ID + "_" + secret,
		"half a prefix":              "tc_" + key.ID + "_" + secret,
		"two prefixes":               "tc_live_" + text,
		"both prefixes":              "tc_live_tc_test_" + key.ID + "_" + secret,
		"another prefix":             "sk_live_" + key.ID + "_" + secret,
		"capitals":                   strings.ToUpper(text),
		"secret in capitals":         "tc_live_" + key.ID + "_" + strings.ToUpper(secret),
		"no secret":                  "tc_live_" + key.ID + "_",
		"no ID":                      "tc_live__" + secret,
		"only the prefix":            "tc_live_",
		"only the secret":            secret,
		"ID as the secret":           "tc_live_" + key.ID + "_" + (key.ID + key.ID)[:len(secret)],
		"stored hash as the secret":  "tc_live_" + key.ID + "_" + fmt.Sprintf("%x", key.Hash)[:len(secret)],
		"ID and secret exchanged":    "tc_live_" + secret + "_" + key.ID,
		"another separator":          "tc_live_" + key.ID + "-" + secret,
		"no separator":               "tc_live_" + key.ID + secret,
		"two separators":             "tc_live_" + key.ID + "__" + secret,
		"third part":                 text + "_" + secret,
		"wildcard as the ID":         "tc_live_" + strings.Repeat("%", len(key.ID)) + "_" + secret,
		"single wildcards as the ID": "tc_live_" + key.ID[:len(key.ID)-1] + "?_" + secret,
		"quotes in the ID":           "tc_live_" + ("' or '1'='1' -- " + key.ID)[:len(key.ID)] + "_" + secret,
		"fullwidth character":        "tc_live_" + key.ID + "_" + secret[:len(secret)-3] + "ａ",
		"NUL at the end":             text + "\x00",
		"NUL instead of a character": text[:len(text)-1] + "\x00",
		"line break":                 text + "\nX",
		"tab inside":                 "tc_live_" + key.ID + "_\t" + secret[1:],
		"percent-encoded":            url.QueryEscape("tc live " + key.ID + " " + secret),
		"base64":                     base64.StdEncoding.EncodeToString([]byte(text)),
		"quoted":                     `"` + text + `"`,
		"in angle brackets":          "<" + text + ">",
		"comma at the end":           text + ",",
		"twice":                      text + text,
		"of 6 KB":                    text + strings.Repeat("a", 6000),
		"invalid UTF-8":              "tc_live_" + key.ID + "_" + secret[:len(secret)-1] + "\xff",
		"revoked":                    unusableKey(t, api, "revoked"),
		"expired":                    unusableKey(t, api, "expired"),
		"rotated":                    unusableKey(t, api, "rotated"),
	}
	addDamaged(forged, "ID", "tc_live_", key.ID, "_"+secret)
	addDamaged(forged, "secret", "tc_live_"+key.ID+"_", secret, "")
	return forged
}

// addDamaged adds texts of which one part has a changed, missing or additional character.
func addDamaged(forged map[string]string, name, before, part, after string) {
	for place, i := range map[string]int{"first": 0, "middle": len(part) / 2, "last": len(part) - 1} {
		other := "a"
		if part[i] == 'a' {
			other = "c"
		}
		forged[fmt.Sprintf("%s character of the %s changed", place, name)] = before + part[:i] + other + part[i+1:] + after
		forged[fmt.Sprintf("%s character of the %s missing", place, name)] = before + part[:i] + part[i+1:] + after
		forged[fmt.Sprintf("%s character of the %s twice", place, name)] = before + part[:i+1] + part[i:] + after
	}
}

// unusableKey returns a key with all scopes that is no longer valid.
func unusableKey(t *testing.T, api *testServer, name string) string {
	t.Helper()
	ask := catalog.NewKey{Name: name, Scopes: access.Scopes()}
	if name == "expired" {
		ask.ExpiresAt = api.now.Add(time.Second)
	}
	api.addKey(t, ask)
	if name == "expired" {
		*api.now = ask.ExpiresAt
	} else if id := keyOf(t, api, name).ID; name == "rotated" {
		if _, _, err := api.catalog.RotateKey(t.Context(), id, [32]byte{1}, true); err != nil {
			t.Fatal(err)
		}
	} else if _, _, err := api.catalog.RevokeKey(t.Context(), id, true); err != nil {
		t.Fatal(err)
	}
	return api.keys[name]
}

// tokenEncoding is the alphabet of tokens.
var tokenEncoding = base32.NewEncoding("abcdefghijkmnpqrstuvwxyz23456789").WithPadding(base32.NoPadding)

// forgedTokens returns texts that resemble access tokens. It uses the keys of forgedKeys.
func forgedTokens(t *testing.T, api *testServer) map[string]string {
	t.Helper()
	key, other := keyOf(t, api, "writer"), keyOf(t, api, "other")
	token := key.IssueToken(api.now.Add(time.Hour), nil)
	_, rest, _ := access.SplitToken(token)
	data, err := tokenEncoding.DecodeString(rest)
	if err != nil {
		t.Fatal(err)
	}
	signed := len(data) - sha256.Size
	forge := func(payload, signature []byte) string {
		return "tc_token_" + key.ID + "_" + tokenEncoding.EncodeToString(slices.Concat(payload, signature))
	}
	all := binary.BigEndian.AppendUint64(nil, uint64(api.now.Add(time.Hour).Unix()))
	for range access.Scopes() {
		all = append(all, 1)
	}
	sign := func(secret string) []byte {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(key.ID))
		mac.Write(all)
		return mac.Sum(nil)
	}
	_, secret, _ := access.SplitKey(api.keys["writer"])
	later := binary.BigEndian.AppendUint64(nil, uint64(api.now.Add(1000*time.Hour).Unix()))
	forged := map[string]string{
		"all scopes, old signature":         forge(all, data[signed:]),
		"all scopes, signed with the text":  forge(all, sign(api.keys["writer"])),
		"all scopes, signed with secret":    forge(all, sign(secret)),
		"all scopes, signed with the ID":    forge(all, sign(key.ID)),
		"all scopes, signed with nothing":   forge(all, sign("")),
		"all scopes, signed by another key": forge(all, sign(string(other.Hash[:]))),
		"all scopes, signature of zeros":    forge(all, make([]byte, sha256.Size)),
		"all scopes, no signature":          forge(all, nil),
		"later expiry, old signature":       forge(slices.Concat(later, data[8:signed]), data[signed:]),
		"expiry in the largest second":      forge(slices.Concat([]byte{127, 255, 255, 255, 255, 255, 255, 255}, data[8:signed]), data[signed:]),
		"half a signature":                  forge(data[:signed], data[signed:signed+16]),
		"longer signature":                  forge(data[:signed], append(slices.Clone(data[signed:]), 0)),
		"scope more":                        forge(append(slices.Clone(data[:signed]), 1), data[signed:]),
		"no payload":                        forge(nil, data[signed:]),
		"of another key":                    "tc_token_" + other.ID + "_" + rest,
		"no rest":                           "tc_token_" + key.ID + "_",
		"no separator":                      "tc_token_" + key.ID + rest,
		"no ID":                             "tc_token__" + rest,
		"only the prefix":                   "tc_token_",
		"another prefix":                    "tc_live_" + key.ID + "_" + rest,
		"padded":                            token + "===",
		"capitals":                          strings.ToUpper(token),
		"without signature, as in JWT":      "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.",
		"expired":                           key.IssueToken(*api.now, key.Scopes),
		"expired in the year 1":             key.IssueToken(time.Time{}, key.Scopes),
		"of a revoked key":                  keyOf(t, api, "revoked").IssueToken(api.now.Add(time.Hour), access.Scopes()),
		"of a rotated key":                  keyOf(t, api, "rotated").IssueToken(api.now.Add(time.Hour), access.Scopes()),
		"of an expired key":                 keyOf(t, api, "expired").IssueToken(api.now.Add(time.Hour), access.Scopes()),
	}
	addDamaged(forged, "rest", "tc_token_"+key.ID+"_", rest, "")
	addDamaged(forged, "ID", "tc_token_", key.ID, "_"+rest)
	return forged
}
