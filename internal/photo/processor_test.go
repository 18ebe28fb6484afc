package photo_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"log/slog"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/photo"
	"trailcat/internal/photo/imaging"
)

// jpegFile returns a JPEG file of some pixels.
func jpegFile(tb testing.TB, width, height int) []byte {
	tb.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			picture.SetRGBA(x, y, color.RGBA{byte(x), byte(y), byte(width), 255})
		}
	}
	var file bytes.Buffer
	if err := jpeg.Encode(&file, picture, nil); err != nil {
		tb.Fatal(err)
	}
	return file.Bytes()
}

// counted returns a command that counts the processes.
func counted(command func() *exec.Cmd) (count *int, _ func() *exec.Cmd) {
	count = new(int)
	var mu sync.Mutex
	return count, func() *exec.Cmd {
		mu.Lock()
		defer mu.Unlock()
		*count++
		return command()
	}
}

func newProcessor(t *testing.T, behavior string) (p *photo.Processor, processes *int, log *bytes.Buffer) {
	t.Helper()
	processes, command := counted(processor(behavior))
	log = &bytes.Buffer{}
	p = photo.NewProcessor(command, slog.New(slog.NewTextHandler(log, nil)))
	t.Cleanup(p.Close)
	return p, processes, log
}

// A child process returns what imaging.Read does, and is used again.
func TestProcessor_ReturnsWhatReadDoes(t *testing.T) {
	t.Parallel()

	p, processes, _ := newProcessor(t, "regular")
	file := jpegFile(t, 700, 500)
	for name, file := range map[string][]byte{"photo": file, "truncated": file[:len(file)/2], "text": []byte("no photo"), "empty": nil} {
		want, wantErr := imaging.Read(file)
		got, err := p.Process(t.Context(), file)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: (-want +got):\n%s", name, diff)
		}
		wantError, _ := errors.AsType[*catalog.Error](wantErr)
		gotError, _ := errors.AsType[*catalog.Error](err)
		if diff := cmp.Diff(wantError, gotError); diff != "" {
			t.Errorf("%s: error (-want +got):\n%s", name, diff)
		}
	}
	if *processes != 1 {
		t.Errorf("got %d processes, want 1", *processes)
	}
}

// A file that makes the process end is tried once more, and is then reported as corrupt.
func TestProcessor_ProcessEnds(t *testing.T) {
	t.Parallel()

	behaviors := map[string]string{"crash": "a decoder is broken"}
	if runtime.GOOS == "linux" {
		behaviors["eat memory"] = "exit status"
	}
	for behavior, message := range behaviors {
		t.Run(behavior, func(t *testing.T) {
			t.Parallel()
			p, processes, log := newProcessor(t, behavior)
			_, err := p.Process(t.Context(), jpegFile(t, 20, 20))
			if e, ok := errors.AsType[*catalog.Error](err); !ok || e.Code != errcode.CorruptImage {
				t.Errorf("got error %v, want %s", err, errcode.CorruptImage)
			}
			if *processes != 2 || !strings.Contains(log.String(), message) {
				t.Errorf("%d processes, log %s; want 2 and %q", *processes, log, message)
			}
		})
	}
}

// A process that does not answer is killed when the caller no longer waits.
func TestProcessor_ProcessHangs(t *testing.T) {
	t.Parallel()

	p, processes, _ := newProcessor(t, "hang")
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := p.Process(ctx, jpegFile(t, 20, 20)); !errors.Is(err, context.DeadlineExceeded) || *processes != 1 {
		t.Errorf("got %v with %d processes", err, *processes)
	}
}

// A process that ended while it was idle is replaced.
func TestProcessor_IdleProcessWasKilled(t *testing.T) {
	t.Parallel()

	var commands []*exec.Cmd
	p := photo.NewProcessor(func() *exec.Cmd {
		commands = append(commands, processor("regular")())
		return commands[len(commands)-1]
	}, slog.New(slog.DiscardHandler))
	t.Cleanup(p.Close)
	for range 2 {
		if _, err := p.Process(t.Context(), jpegFile(t, 20, 20)); err != nil {
			t.Fatal(err)
		}
		_ = commands[0].Process.Kill()
	}
	if len(commands) != 2 {
		t.Errorf("got %d processes, want 2", len(commands))
	}
}
