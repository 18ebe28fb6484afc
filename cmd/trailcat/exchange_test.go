package main

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// response is an HTTP response whose body was read.
type response struct {
	status int
	header http.Header
	body   string
}

// exchange sends a request and returns the response. The key and headers may be empty;
// then they are not sent.
func exchange(ctx context.Context, method, url, key string, header map[string]string, body string) (response, error) {
	req, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return response{}, err
	}
	for name, value := range header {
		if value != "" {
			req.Header.Set(name, value)
		}
	}
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return response{}, err
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	return response{status: res.StatusCode, header: res.Header, body: string(text)}, err
}

// jsonContent returns the header of a request with a JSON body.
func jsonContent() map[string]string { return map[string]string{"Content-Type": "application/json"} }

// request sends a request with a JSON body and returns status and body. It fails after
// 10 seconds.
func request(ctx context.Context, method, url, key, body string) (int, string, error) {
	ctx, stop := context.WithTimeout(ctx, 10*time.Second)
	defer stop()
	res, err := exchange(ctx, method, url, key, jsonContent(), body)
	return res.status, res.body, err
}

// exchange sends a request to the server. The test fails if there is no response.
func (s testServer) exchange(t *testing.T, method, path, key string, header map[string]string, body string) response {
	t.Helper()
	res, err := exchange(t.Context(), method, s.base+path, key, header, body)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// get sends a request and returns status and body.
func (s testServer) get(t *testing.T, path string) (int, string) {
	t.Helper()
	return s.getWithKey(t, "", path)
}

// getWithKey sends a request with an API key and returns status and body.
func (s testServer) getWithKey(t *testing.T, key, path string) (int, string) {
	t.Helper()
	res := s.exchange(t, http.MethodGet, path, key, nil, "")
	return res.status, res.body
}
