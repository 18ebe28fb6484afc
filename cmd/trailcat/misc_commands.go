package main

import (
	"fmt"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"trailcat/docs/openapi"
)

// openAPICommand prints the OpenAPI document.
type openAPICommand struct{}

// Run prints the OpenAPI document.
func (*openAPICommand) Run(p *process) error {
	_, err := p.stdout.Write(openapi.JSON)
	return err
}

// versionCommand prints the version.
type versionCommand struct{}

// Run prints the version.
func (*versionCommand) Run(p *process) error {
	_, err := fmt.Fprintln(p.stdout, "trailcat", version())
	return err
}

// version returns the version of the module, or of the commit from which it was
// built.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	return info.Main.Version
}

// healthCommand checks a running server.
type healthCommand struct {
	Listen string `help:"Address that the server listens on, as for trailcat serve (default ${default})." default:"127.0.0.1:8080" placeholder:"HOST:PORT"`
	URL    string `help:"Base URL of the server, if it differs." placeholder:"URL"`
}

// Run reports an error unless the server is ready.
func (c *healthCommand) Run(p *process) error {
	base, err := c.baseURL()
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(p.ctx, http.MethodGet, base+"/readyz", http.NoBody)
	if err != nil {
		return err
	}
	response, err := (&http.Client{Timeout: 3 * time.Second}).Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the server is not ready: %s", response.Status)
	}
	_, err = fmt.Fprintln(p.stdout, "ready")
	return err
}

// baseURL returns the base URL of the server: on the loopback address if it listens on all
// addresses.
func (c *healthCommand) baseURL() (string, error) {
	if c.URL != "" {
		return strings.TrimSuffix(c.URL, "/"), nil
	}
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return "", fmt.Errorf("--listen: %w", err)
	}
	switch host {
	case "", "0.0.0.0":
		host = "127.0.0.1"
	case "::":
		host = "::1"
	}
	return "http://" + net.JoinHostPort(host, port), nil
}
