//go:build !unix

package photo

import "os/exec"

func setProcessGroup(*exec.Cmd) {}

// limitProcess does nothing: other systems have no such limits.
func limitProcess() error { return nil }
