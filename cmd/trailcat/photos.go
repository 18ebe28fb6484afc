package main

import (
	"os"

	"trailcat/internal/photo"
)

// photosCommand manages the copies of photos.
type photosCommand struct {
	Process photosProcessCommand `cmd:"" hidden:"" help:"Process photos that arrive on stdin. Servers start this command."`
}

// photosProcessCommand is the child process of a server that processes photos.
type photosProcessCommand struct{}

// Run processes photos until stdin ends.
func (photosProcessCommand) Run(p *process) error { return photo.ServeProcessor(os.Stdin, p.stdout) }
