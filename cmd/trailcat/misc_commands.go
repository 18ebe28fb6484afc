package main

import (
	"fmt"
	"net/http"
	"runtime/debug"
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
	URL string `help:"Base URL of the server (default ${default})." default:"http://127.0.0.1:8080" placeholder:"URL"`
}

// Run reports an error unless the server is ready.
func (c *healthCommand) Run(p *process) error {
	request, err := http.NewRequestWithContext(p.ctx, http.MethodGet, c.URL+"/readyz", http.NoBody)
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
