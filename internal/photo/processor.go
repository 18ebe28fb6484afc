package photo

import (
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os/exec"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/photo/imaging"
)

// request and response are what a server and its child process send each other.
type request struct{ File []byte }

type response struct {
	Image   imaging.Image
	Kind    catalog.Kind // of the error; empty: there is none
	Code    errcode.Code
	Message string
}

// ServeProcessor processes the photos that arrive on in, one after the other, until in ends. It
// is what the child processes of a Processor run. The process has a low priority, and ends if it
// takes much more memory than a photo needs.
func ServeProcessor(in io.Reader, out io.Writer) error {
	if err := limitProcess(); err != nil {
		return fmt.Errorf("limit the process: %w", err)
	}
	from, to := gob.NewDecoder(in), gob.NewEncoder(out)
	for {
		var next request
		if err := from.Decode(&next); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("read a photo: %w", err)
		}
		if err := to.Encode(process(next.File)); err != nil {
			return fmt.Errorf("send a processed photo: %w", err)
		}
		debug.FreeOSMemory() // the next photo needs as much again
	}
}

func process(file []byte) response {
	image, err := imaging.Read(file)
	if e, ok := errors.AsType[*catalog.Error](err); ok {
		return response{Kind: e.Kind, Code: e.Code, Message: e.Detail}
	}
	if err != nil {
		return response{Kind: catalog.Internal, Message: err.Error()}
	}
	return response{Image: image}
}

func (r response) err() error {
	switch r.Kind {
	case "":
		return nil
	case catalog.Internal:
		return errors.New(r.Message)
	default:
		return catalog.Errorf(r.Kind, r.Code, "%s", r.Message)
	}
}

const (
	// processTimeout is how long processing a photo may take. It is long because other processes
	// have a higher priority.
	processTimeout = 2 * time.Minute
	// idleTimeout is how long an idle child process is kept.
	idleTimeout = 30 * time.Second
)

// Processor processes photos in child processes, so that a file that makes a decoder crash or
// take too much memory does not affect the server, and requests have a higher priority. It has one
// child process for each concurrent call. It is safe for concurrent use.
type Processor struct {
	command func() *exec.Cmd
	log     *slog.Logger

	mu     sync.Mutex
	idle   []*child
	closed bool
}

// NewProcessor returns a processor. The command is of a process that runs ServeProcessor on its
// standard input and output.
func NewProcessor(command func() *exec.Cmd, log *slog.Logger) *Processor {
	return &Processor{command: command, log: log}
}

// Process returns what imaging.Read does, in a child process. If that ends unexpectedly, it tries
// once more in another; if both end, the error has the code CorruptImage.
func (p *Processor) Process(ctx context.Context, file []byte) (imaging.Image, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, processTimeout, errTooSlow)
	defer cancel()
	for retries := range 2 {
		c, err := p.child()
		if err != nil {
			return imaging.Image{}, fmt.Errorf("start a process for photos: %w", err)
		}
		answer, err := c.process(ctx, file)
		if err == nil {
			p.release(c)
			return answer.Image, answer.err()
		}
		exitErr := c.end()
		if ctx.Err() != nil {
			return imaging.Image{}, context.Cause(ctx)
		}
		p.log.WarnContext(ctx, "process for photos ended unexpectedly", slog.String("hash", imaging.Hash(file)), slog.Int("attempt", retries+1), slog.Any("error", errors.Join(err, exitErr)))
	}
	return imaging.Image{}, catalog.Errorf(catalog.Invalid, errcode.CorruptImage, "The photo cannot be read. Export it again from the original, and send that.")
}

// errTooSlow reports that a photo was not processed in time.
var errTooSlow error = catalog.Errorf(catalog.Unavailable, errcode.Overloaded, "The server could not process this photo in time. Nothing was stored. Send the request again after the time in Retry-After.")

// Close ends the idle child processes. The others end when they have processed their photo.
func (p *Processor) Close() {
	p.mu.Lock()
	idle := p.idle
	p.idle, p.closed = nil, true
	p.mu.Unlock()
	for _, c := range idle {
		c.expiry.Stop()
		_ = c.end() // it has nothing to report
	}
}

// child returns an idle child process, or starts one.
func (p *Processor) child() (*child, error) {
	p.mu.Lock()
	if n := len(p.idle); n > 0 {
		c := p.idle[n-1]
		p.idle = p.idle[:n-1]
		c.expiry.Stop() // if it runs already, it does not find c
		p.mu.Unlock()
		return c, nil
	}
	p.mu.Unlock()
	return startChild(p.command())
}

// release keeps a child process for the next photo, for idleTimeout.
func (p *Processor) release(c *child) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		_ = c.end() // it has nothing to report
		return
	}
	p.idle = append(p.idle, c)
	c.expiry = time.AfterFunc(idleTimeout, func() { p.expire(c) })
}

// expire ends a child process that is still idle.
func (p *Processor) expire(c *child) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.idle {
		if p.idle[i] == c {
			p.idle = append(p.idle[:i], p.idle[i+1:]...)
			_ = c.end() // it has nothing to report
			return
		}
	}
}

// child is a child process.
type child struct {
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	to     *gob.Encoder
	from   *gob.Decoder
	stderr *outputStart
	expiry *time.Timer // ends an idle process
}

func startChild(cmd *exec.Cmd) (*child, error) {
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	c := &child{cmd: cmd, stdin: stdin, to: gob.NewEncoder(stdin), from: gob.NewDecoder(stdout), stderr: &outputStart{}}
	cmd.Stderr = c.stderr
	setProcessGroup(cmd)
	return c, cmd.Start()
}

// process sends a photo to the child process and returns its response. The process is killed when
// ctx ends.
func (c *child) process(ctx context.Context, file []byte) (answer response, err error) {
	stop := context.AfterFunc(ctx, func() { _ = c.cmd.Process.Kill() }) // it may have ended
	err = c.to.Encode(request{file})
	if err == nil {
		err = c.from.Decode(&answer)
	}
	if !stop() && err == nil {
		err = ctx.Err() // it was killed after it answered
	}
	return answer, err
}

// end ends the child process. It returns why the process had failed, if it had.
func (c *child) end() error {
	_ = c.stdin.Close()      // it may have ended
	_ = c.cmd.Process.Kill() // as before
	err := c.cmd.Wait()      // reaps it
	if message := c.stderr.String(); message != "" {
		err = fmt.Errorf("%w: %s", err, message)
	}
	return err
}

// outputStart keeps the start of what is written to it, which says why a process ended.
type outputStart struct{ text strings.Builder }

const maxOutput = 2000 // bytes

// Write implements io.Writer.
func (o *outputStart) Write(b []byte) (int, error) {
	o.text.Write(b[:min(len(b), maxOutput-o.text.Len())])
	return len(b), nil
}

func (o *outputStart) String() string { return strings.TrimSpace(o.text.String()) }
