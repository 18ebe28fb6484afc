package main

import _ "embed"

// licensesText contains the licenses of all software in the binary, each with the modules
// that it applies to. TestLicenses_AreThoseOfTheDependencies generates it.
//
//go:embed licenses.txt
var licensesText string

// licensesCommand prints the licenses of the software in the binary.
type licensesCommand struct{}

// Run prints the licenses.
func (*licensesCommand) Run(p *process) error {
	_, err := p.stdout.Write([]byte(licensesText))
	return err
}
