package photo_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"trailcat/internal/photo"
)

// asProcessor is the environment variable that makes the test binary a child process of a
// Processor; its value is how it behaves.
const asProcessor = "TRAILCAT_TEST_PROCESSOR"

func TestMain(m *testing.M) {
	switch behavior := os.Getenv(asProcessor); behavior {
	case "":
		os.Exit(m.Run())
	case "regular":
		if err := photo.ServeProcessor(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	case "crash":
		_, _ = bufio.NewReader(os.Stdin).ReadByte()
		panic("a decoder is broken")
	case "hang":
		select {}
	case "eat memory":
		if err := photo.LimitProcess(); err != nil {
			panic(err)
		}
		var eaten [][]byte
		for range 1 << 14 {
			eaten = append(eaten, make([]byte, 1<<20))
			for i := 0; i < 1<<20; i += 4096 {
				eaten[len(eaten)-1][i] = 1
			}
		}
	}
}

// processor returns the command of a child process.
func processor(behavior string) func() *exec.Cmd {
	return func() *exec.Cmd {
		cmd := exec.Command(os.Args[0]) //nolint:noctx // the processor ends it
		cmd.Env = []string{asProcessor + "=" + behavior}
		return cmd
	}
}
