package main

import (
	"fmt"
	"net/http"
	"runtime/debug"
	"time"

	"trailcat/docs/openapi"
)

type openAPICommand struct{}

// Run prints the description of the API.
func (*openAPICommand) Run(p *process) error {
	_, err := p.stdout.Write(openapi.JSON)
	return err
}

type versionCommand struct{}

// Run prints the version.
func (*versionCommand) Run(p *process) error {
	_, err := fmt.Fprintln(p.stdout, "trailcat", version())
	return err
}

// version is the module's version where it was installed by version, else the commit it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	return info.Main.Version
}

type healthCommand struct {
	URL string `help:"Base URL of the server (default ${default})." default:"http://127.0.0.1:8080" placeholder:"URL"`
}

// Run asks a server whether it is ready.
func (c *healthCommand) Run(p *process) error {
	request, err := http.NewRequestWithContext(p.ctx, http.MethodGet, c.URL+"/readyz", http.NoBody)
	if err != nil {
		return err
	}
	answer, err := (&http.Client{Timeout: 3 * time.Second}).Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the server is not ready: %s", answer.Status)
	}
	_, err = fmt.Fprintln(p.stdout, "ready")
	return err
}
