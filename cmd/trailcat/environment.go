package main

import (
	"strings"

	"github.com/alecthomas/kong"
)

// environment names the environment variable of each flag: TRAILCAT_FLAG for the flags of
// trailcat serve, which mean the same wherever another command has them, and
// TRAILCAT_COMMAND_FLAG for all others, so that a variable changes no other command.
func environment() kong.Option {
	name := strings.NewReplacer(" ", "_", "-", "_")
	return kong.PostBuild(func(k *kong.Kong) error {
		ofServer := map[string]bool{}
		for _, command := range k.Model.Leaves(false) {
			if command.Name == "serve" {
				for _, flag := range command.Flags {
					ofServer[flag.Name] = true
				}
			}
		}
		for _, command := range k.Model.Leaves(false) {
			for _, flag := range command.Flags {
				words := "trailcat " + flag.Name
				if !ofServer[flag.Name] {
					words = command.FullPath() + " " + flag.Name
				}
				flag.Envs = []string{strings.ToUpper(name.Replace(words))}
				flag.Tag.Envs = flag.Envs
			}
		}
		return nil
	})
}
